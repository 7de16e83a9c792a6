// #sheet: made where the page has none; takes the focus when it fills, gives it back when it closes.

let opener = null;

/** The sheet of this page. */
export function sheet() {
  let found = document.getElementById("sheet");
  if (!found) {
    found = document.createElement("aside");
    found.id = "sheet";
    found.className = "sheet";
    document.body.append(found);
  }
  return found;
}

/** Empty the sheet; on a page that is nothing but the sheet, go back. */
export function closeSheet() {
  const found = sheet();
  if (found.hasAttribute("data-sheet-page")) {
    if (history.length > 1) history.back();
    else location.assign("/");
    return;
  }
  found.replaceChildren();
  found.dispatchEvent(new CustomEvent("sheet:closed", { bubbles: true }));
  if (opener && opener.isConnected) opener.focus();
  opener = null;
}

sheet();

document.addEventListener("click", (event) => {
  const trigger = event.target.closest("[hx-target='#sheet']");
  if (trigger && !sheet().contains(trigger)) opener = event.target.closest("a, button") ?? trigger;
  if (event.target.closest("[data-close-sheet]")) closeSheet();
});

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && sheet().childElementCount && sheet().contains(document.activeElement)) closeSheet();
});

document.body.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target.id !== "sheet") return;
  if (event.detail.target.hasAttribute("data-sheet-page")) window.scrollTo(0, 0);
  event.detail.target.scrollTop = 0;
  event.detail.target.querySelector("[data-sheet-title]")?.focus({ preventScroll: true });
});
