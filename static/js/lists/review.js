// Corrections in review by keyboard: ↑ ↓ between rows, space ticks, A adopts, R asks why not.
import "lists/once";

const list = document.querySelector("[data-review]");
const rows = list ? [...list.querySelectorAll("[data-row]")] : [];
const bar = document.querySelector("#ticked");

function boxes() {
  return rows.map((row) => row.querySelector("input[type=checkbox]"));
}

/** How many are ticked decides whether the bar can do anything. */
function refresh() {
  if (!bar) return;
  const ticked = boxes().filter((box) => box.checked).length;
  for (const row of rows) row.classList.toggle("ticked", row.querySelector("input[type=checkbox]").checked);
  for (const button of bar.querySelectorAll("button")) button.disabled = ticked === 0;
  bar.querySelector("[data-tick-all]").checked = ticked === rows.length;
}

function goTo(index) {
  const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
  if (row) row.focus();
}

function openReason(row) {
  const details = row.querySelector("details");
  if (!details) return;
  details.open = true;
  details.querySelector("input[name=reason]").focus();
}

const DOES = {
  ArrowDown: (row, index) => goTo(index + 1),
  ArrowUp: (row, index) => goTo(index - 1),
  " ": (row) => row.querySelector("input[type=checkbox]").click(),
  a: (row) => { const button = row.querySelector("[data-adopt]"); if (button) button.click(); },
  r: openReason,
};

document.addEventListener("keydown", (event) => {
  const box = event.target.matches("[type=checkbox]");
  const busy = !box && event.target.closest("input, button, summary, a");
  if (busy || (box && event.key === " ") || event.ctrlKey || event.metaKey || event.altKey) return;
  const row = event.target.closest("[data-row]");
  const does = DOES[event.key.length > 1 ? event.key : event.key.toLowerCase()];
  if (!does || (!row && !event.key.startsWith("Arrow"))) return;
  event.preventDefault();
  does(row, row ? rows.indexOf(row) : -1);
});

// Escape leaves the reason and comes back to the row.
document.addEventListener("keydown", (event) => {
  const details = event.key === "Escape" && event.target.closest("details.why");
  if (!details) return;
  details.open = false;
  const row = details.closest("[data-row]");
  if (row) row.focus();
});

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-tick-all]")) {
    for (const box of boxes()) box.checked = event.target.checked;
  }
  refresh();
});

refresh();
if (location.hash === "#waiting") goTo(0);
