// A checkbox with data-shows="id1 id2" shows what is typed in these password fields.
for (const box of document.querySelectorAll("input[data-shows]")) {
  box.addEventListener("change", () => {
    for (const id of box.dataset.shows.split(" ")) document.getElementById(id).type = box.checked ? "text" : "password";
  });
}
