// The sheet is never lost: coming back to the page opens the newest attempt that has no outcome.
import { sheet } from "call/sheet";
import { Reading } from "reading";

const ASIDE = "outcome-aside";
const WAITING = "/logs/waiting/";
const AFTER_LOADING = 400; // ms: what the page itself opens in the sheet comes first

const reading = new Reading();
const aside = () => JSON.parse(sessionStorage.getItem(ASIDE) ?? "[]");

/** Where a manager lands, and over nothing else: who looks at 我的 or another customer is left alone. */
function openNewest() {
  if (!document.querySelector("[data-names-all-waiting], [data-map]")) return;
  if (document.visibilityState !== "visible" || sheet().childElementCount) return;
  const query = new URLSearchParams({ newest: "1" });
  for (const uuid of aside()) query.append("not", uuid);
  reading.load(`${WAITING}?${query}`, { target: "#sheet", source: document.body });
}

// Meanwhile something may have been opened, a call above all: that stays.
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.requestConfig.path.startsWith(WAITING) && sheet().childElementCount) detail.shouldSwap = false;
});

document.addEventListener("click", (event) => {
  const later = event.target.closest("[data-put-aside]");
  if (later) sessionStorage.setItem(ASIDE, JSON.stringify([...aside(), later.dataset.putAside].slice(-20)));
});

// The number on the 今日 tab follows what was just saved.
document.body.addEventListener("htmx:afterSwap", (event) => {
  const saved = event.detail.target.querySelector("[data-still-waiting]");
  const count = document.querySelector(".tab-count");
  if (!saved || !count) return;
  count.firstChild.data = saved.dataset.stillWaiting;
  count.hidden = saved.dataset.stillWaiting === "0";
});

document.addEventListener("visibilitychange", openNewest);
window.addEventListener("pageshow", () => setTimeout(openNewest, AFTER_LOADING));
