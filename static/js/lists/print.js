// Buttons marked data-print open the browser's print dialogue; without scripts they stay hidden.

for (const button of document.querySelectorAll("[data-print]")) button.hidden = false;

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
