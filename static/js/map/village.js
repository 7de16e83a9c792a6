// The village page by itself: cards open in its sheet, villages as pages.

import "call/page";
import { closeSheet, openSheet } from "map/sheet";

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open^='lead:']");
  if (!link || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  openSheet(link.href);
});

document.addEventListener("leads:changed", () => {
  window.htmx.ajax("GET", location.href, { target: "#village-page", swap: "innerHTML" });
});

window.addEventListener("popstate", () => closeSheet());
