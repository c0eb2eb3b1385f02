// While a server starts: shows how far it is, and loads the page again when it is ready or has failed. The Hub then
// goes on to the server, or says what went wrong.
const page = document.getElementById("starting");
const bar = page.querySelector("progress");
const said = page.querySelector("[role=status]");
const events = new EventSource(page.dataset.progress);

// A screen reader says it again only when it has changed.
function say(sentence) {
  if (said.textContent !== sentence) said.textContent = sentence;
}

events.addEventListener("message", (message) => {
  const event = JSON.parse(message.data);
  if (event.progress !== undefined) bar.value = event.progress;
  if (event.waiting !== undefined) say(event.waiting || said.dataset.soon);
  if (!event.ready && !event.failed) return;
  events.close();
  window.location.reload();
});
// The Hub was away, or the server had started before anybody listened.
events.addEventListener("error", () => {
  events.close();
  setTimeout(() => window.location.reload(), 2000);
});
