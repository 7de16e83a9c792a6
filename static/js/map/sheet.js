// Opens fragments in the sheet that call/sheet looks after, and gives the focus back to where
// it was when the opening was not a click on a trigger of htmx.

import { closeSheet, sheet } from "call/sheet";

let before = null;

/** Load a fragment into the sheet. */
export function openSheet(url) {
  if (!sheet().childElementCount) before = document.activeElement;
  return window.htmx.ajax("GET", url, { target: "#sheet", swap: "innerHTML" });
}

/** What happens after the sheet was closed. */
export function whenClosed(callback) {
  document.addEventListener("sheet:closed", () => {
    if (before?.isConnected && document.activeElement === document.body) before.focus({ preventScroll: true });
    before = null;
    callback();
  });
}

export { closeSheet };
