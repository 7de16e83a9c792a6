// The village page by itself: cards open in its sheet, villages as pages.

import "call/page";
import { closeSheet, openSheet } from "map/sheet";
import { Reading } from "reading";

const reading = new Reading();

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open^='lead:']");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  openSheet(link.href);
});

document.addEventListener("leads:changed", () => {
  reading.load(location.href, { source: "#village-page", target: "#village-page", swap: "innerHTML" });
});

window.addEventListener("popstate", () => closeSheet());
