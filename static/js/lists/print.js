// Buttons marked data-print open the browser's print dialogue; without scripts they stay hidden.

function wake() {
  for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;
}

wake();
document.addEventListener("htmx:afterSwap", wake);
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
