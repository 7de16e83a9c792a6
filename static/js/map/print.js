// The list on paper: one button, since the page is made for nothing else.

document.querySelector("[data-print]").addEventListener("click", () => window.print());
