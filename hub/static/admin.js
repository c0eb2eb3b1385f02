// What the Hub's admin program expects to find in its page, and a name for its buttons that have only a picture.
{
  const { baseUrl, prefix, user, xsrf } = document.body.dataset;
  const place = document.getElementById("react-admin-hook");
  window.api_page_limit = Number(place.dataset.pageLimit);
  window.base_url = baseUrl;
  window.jhdata = { base_url: baseUrl, prefix, user, admin_access: true, options_form: false, xsrf_token: xsrf };

  new MutationObserver(() => {
    for (const button of place.querySelectorAll("button[aria-controls]:not([aria-label])")) {
      button.setAttribute("aria-label", `${place.dataset.details}: ${button.getAttribute("aria-controls").replace(/-collapse$/, "")}`);
    }
  }).observe(place, { childList: true, subtree: true });
}
