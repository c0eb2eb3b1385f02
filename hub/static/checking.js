// While an image is being checked: shows how far the check is. Only this part of the page changes, so that the keyboard and
// a screen reader stay where they are, which a page that loads itself again takes away.
const PART = "images-check";
const SECONDS = 4;

async function look() {
  const shown = document.getElementById(PART);
  if (!("running" in shown.dataset)) return;
  try {
    const answer = await fetch(window.location.href);
    if (answer.redirected || !answer.ok) throw new Error(answer.statusText);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(PART);
    for (const part of ["told", "facts", "steps"]) renew(shown, fresh, part);
    if (!("running" in fresh.dataset)) delete shown.dataset.running;
  } catch {
    // The Hub was away: the next look may find it again.
  }
  setTimeout(look, SECONDS * 1000);
}

function renew(shown, fresh, part) {
  const [old, next] = [shown, fresh].map((page) => page.querySelector(`[data-part=${part}]`));
  if (old && next && !old.isEqualNode(next)) old.replaceChildren(...next.childNodes);
}

setTimeout(look, SECONDS * 1000);
