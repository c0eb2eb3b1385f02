// While a job is under way: shows how far it is. Only what has changed is taken over, so that the keyboard and a screen
// reader stay where they are, which a page that loads itself again takes away.
const SECONDS = 1;

async function look() {
  const shown = document.getElementById("job");
  if (!("running" in shown.dataset)) return;
  try {
    const answer = await fetch(window.location.href);
    if (answer.redirected || !answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("job");
    for (const old of shown.querySelectorAll("[data-part]")) {
      const next = fresh.querySelector(`[data-part=${old.dataset.part}]`);
      if (next && !alike(old, next)) old.replaceChildren(...next.childNodes);
    }
    shown.dataset.state = fresh.dataset.state;
    if (!("running" in fresh.dataset)) delete shown.dataset.running;
  } catch {
    // The server was away: the next look may find it again.
  }
  setTimeout(look, SECONDS * 1000);
}

// Each answer has another number against forged forms, which is no reason to take the focus from the button beside it.
function alike(one, other) {
  const [a, b] = [one, other].map((part) => {
    const copy = part.cloneNode(true);
    for (const field of copy.querySelectorAll("[name=_xsrf]")) field.remove();
    return copy;
  });
  return a.isEqualNode(b);
}

setTimeout(look, SECONDS * 1000);
