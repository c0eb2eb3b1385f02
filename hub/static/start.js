// The start page: stops a server, and shows what is on its way when it has arrived.
const { baseUrl, user, xsrf } = document.body.dataset;

async function stop(button) {
  const name = button.dataset.stops;
  const path = name ? `servers/${encodeURIComponent(name)}` : "server";
  const url = `${baseUrl}api/users/${encodeURIComponent(user)}/${path}`;
  button.disabled = true;
  try {
    const answer = await fetch(url, { method: "DELETE", headers: { "X-XSRFToken": xsrf } });
    if (!answer.ok) throw new Error(answer.statusText);
    window.location.reload();
  } catch {
    button.disabled = false;
    document.getElementById("stop-failed").hidden = false;
  }
}

for (const button of document.querySelectorAll("button[data-stops]")) button.addEventListener("click", () => stop(button));
if (document.querySelector("section[data-state=starting], section[data-state=stopping]")) setTimeout(() => window.location.reload(), 3000);
