// Opens fragments in the sheet that call/sheet looks after, and gives the focus back to where
// it was when the opening was not a click on a trigger of htmx.

import { closeSheet, sheet } from "call/sheet";
import { gettext } from "gettext";
import { isLost, whenBack } from "network";
import { Reading } from "reading";

const reading = new Reading();
let before = null;
let wanted = null; // what is to stand in the sheet and does not yet

/** Load a fragment into the sheet; without network it opens when there is one again. */
export async function openSheet(url) {
  if (!sheet().childElementCount) before = document.activeElement;
  wanted = url;
  await reading.load(url, { source: "#sheet", target: "#sheet", swap: "innerHTML" });
  if (wanted !== url) return;
  if (isLost()) sayThatItWaits();
  else wanted = null; // refused, and frame says why
}

document.body.addEventListener("htmx:afterSwap", ({ detail: { target, requestConfig } }) => {
  if (target.id !== "sheet") return;
  if (requestConfig?.path === wanted || requestConfig?.elt !== sheet()) wanted = null;
});
document.addEventListener("sheet:closed", () => { wanted = null; });
whenBack(() => {
  if (wanted) openSheet(wanted);
});

/** In the sheet; not over what somebody is writing there. */
function sayThatItWaits() {
  if (sheet().querySelector("form[data-outcome]")) return;
  const head = document.createElement("header");
  head.className = "sheet-head";
  const title = document.createElement("h2");
  title.tabIndex = -1;
  title.textContent = gettext("没有网络，现在打不开");
  const close = document.createElement("button");
  Object.assign(close, { type: "button", className: "button quiet", textContent: gettext("关闭") });
  close.dataset.closeSheet = "";
  head.append(title, close);
  const words = document.createElement("p");
  words.textContent = gettext("信号好了会自己打开。");
  sheet().replaceChildren(head, words);
  title.focus({ preventScroll: true });
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
