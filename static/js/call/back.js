// Back closes the sheet before it leaves the page, as it does on the map: a phone has no other key.

import { closeSheet, sheet } from "call/sheet";

const isStep = () => Boolean(history.state?.sheet);

document.body.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.target.id === "sheet" && sheet().childElementCount && !isStep()) history.pushState({ sheet: true }, "");
});

// Closed by its button: the step is taken back too. Closed by going back, there is none any more.
document.addEventListener("sheet:closed", () => {
  if (isStep()) history.back();
});

window.addEventListener("popstate", () => {
  if (!isStep() && sheet().childElementCount) closeSheet();
});
