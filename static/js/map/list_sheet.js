// The list under the map on a phone: dragged, tapped or keyed to one of three heights.

const HEIGHTS = ["peek", "half", "full"];
const TAP = 6; // pixels: less is a tap, more is a drag
const HALF = 0.56; // of the map, as in map.css

const sheet = document.querySelector("[data-list-sheet]");
const handle = document.querySelector("[data-list-handle]");

let resting = "peek"; // the last height that left something of the map to be seen
let pulled = () => {};

export function setHeight(height) {
  sheet.dataset.height = height;
  handle.setAttribute("aria-expanded", String(height !== "peek"));
  if (height !== "full") resting = height;
}

/** By hand, and the page hears how much more of the map is covered now. */
function pull(height) {
  const before = covered();
  setHeight(height);
  if (covered() !== before) pulled(covered() - before);
}

/** How much of the map, from below, it covers when it has come to rest; in full as before. */
export function covered() {
  const least = Number.parseFloat(getComputedStyle(sheet).minHeight); // --peek, in pixels
  return resting === "half" ? HALF * sheet.offsetParent.clientHeight : least;
}

/** @param {(pixels: number) => void} callback called when more of the map was covered by hand, or less */
export function whenPulled(callback) {
  pulled = callback;
}

export const height = () => sheet.dataset.height;

function step(by) {
  const at = HEIGHTS.indexOf(height()) + by;
  pull(HEIGHTS[Math.max(0, Math.min(HEIGHTS.length - 1, at))]);
}

let from = null;

handle.addEventListener("pointerdown", (event) => {
  from = { y: event.clientY, top: sheet.getBoundingClientRect().height };
  handle.setPointerCapture(event.pointerId);
  sheet.classList.add("dragging");
});

handle.addEventListener("pointermove", (event) => {
  if (from) sheet.style.height = `${Math.max(64, from.top + from.y - event.clientY)}px`;
});

function release(event) {
  if (!from) return;
  const moved = from.y - event.clientY;
  from = null;
  sheet.classList.remove("dragging");
  sheet.style.removeProperty("height");
  if (Math.abs(moved) < TAP) return;
  const far = Math.abs(moved) > window.innerHeight * 0.4 ? 2 : 1;
  step(Math.sign(moved) * far);
  handle.dataset.dragged = "yes";
}

handle.addEventListener("pointerup", release);
handle.addEventListener("pointercancel", release);

handle.addEventListener("click", () => {
  if (handle.dataset.dragged) delete handle.dataset.dragged;
  else pull(height() === "peek" ? "half" : "peek");
});

handle.addEventListener("keydown", (event) => {
  if (event.key === "ArrowUp") step(1);
  else if (event.key === "ArrowDown") step(-1);
  else return;
  event.preventDefault();
});
