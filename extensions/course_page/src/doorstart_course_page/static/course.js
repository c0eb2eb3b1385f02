// While a job is under way: shows how far it is. Only what has changed is taken over, so that the keyboard and a screen
// reader stay where they are, which a page that loads itself again takes away.
const SECONDS = 2;

async function look() {
  const shown = document.getElementById("job");
  if (!("running" in shown.dataset)) return;
  try {
    // The page's number against forged requests: a page that is asked for by a script needs it too.
    const answer = await fetch(window.location.href, { headers: { "X-XSRFToken": shown.dataset.xsrf } });
    if (answer.redirected || !answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("job");
    for (const old of shown.querySelectorAll("[data-part]")) {
      const next = fresh.querySelector(`[data-part=${old.dataset.part}]`);
      if (next && !old.isEqualNode(next)) old.replaceChildren(...next.childNodes);
    }
    shown.dataset.state = fresh.dataset.state;
    if (!("running" in fresh.dataset)) delete shown.dataset.running;
  } catch {
    // The server was away: the next look may find it again.
  }
  setTimeout(look, SECONDS * 1000);
}

setTimeout(look, SECONDS * 1000);
