// What the Hub's admin program expects to find in its page.
{
  const { baseUrl, prefix, user, xsrf } = document.body.dataset;
  window.api_page_limit = Number(document.getElementById("react-admin-hook").dataset.pageLimit);
  window.base_url = baseUrl;
  window.jhdata = { base_url: baseUrl, prefix, user, admin_access: true, options_form: false, xsrf_token: xsrf };
}
