// The desk's tools over the map: draw around customers, and the panel counts them.

import { Drawing, loadDraw } from "assign/drawing";
import { toast } from "frame";
import { filterQuery } from "map/address";
import { fromMap, getMap, showBesidePanel } from "map/page";
import { whenBack } from "network";

const tools = document.querySelector("[data-draw-tools]");
const hint = document.querySelector("[data-draw-hint]");
let drawing = null;
let shape = null; // the line around what the panel speaks of
let unanswered = null; // the ring nobody could be asked about yet
let used = null; // the tool it was drawn with: where the focus goes when the panel closes

function press(pressed) {
  for (const button of tools.querySelectorAll("[data-draw]"))
    button.setAttribute("aria-pressed", String(button === pressed));
  hint.textContent = pressed?.dataset.hint ?? "";
}

function clearShape() {
  shape?.remove();
  shape = null;
  unanswered = null;
}

async function start(button) {
  drawing?.end();
  clearShape();
  try {
    await loadDraw(tools.dataset);
  } catch {
    toast(tools.dataset.failed, "error");
    return;
  }
  press(button);
  drawing = new Drawing(getMap(), button.dataset.draw, (ring) => ended(ring, button));
}

function ended(ring, button) {
  drawing = null;
  press(null);
  if (!ring) return;
  shape = L.polygon(ring, { color: "#14573f", weight: 2, fillOpacity: 0.08, interactive: false }).addTo(getMap());
  showBesidePanel(shape.getBounds());
  used = button;
  ask(ring);
}

/** Ask the panel who stands inside; the line is in WGS-84 and rounded to a decimetre. */
function ask(ring) {
  unanswered = ring;
  const round = (number) => Number(number.toFixed(6));
  const coordinates = [ring.map((latlng) => fromMap(latlng).map(round))];
  const values = { polygon: JSON.stringify({ type: "Polygon", coordinates }), filter: filterQuery() };
  globalThis.htmx.ajax("POST", tools.dataset.panelUrl, { source: tools, target: "#sheet", swap: "innerHTML", values })
    .then(() => { unanswered = null; }, () => {}); // without network: frame says so
}

tools.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-draw]");
  if (!button) return;
  if (button.getAttribute("aria-pressed") === "true") drawing?.end();
  else start(button);
});

// Arrow keys move along the tool bar.
tools.addEventListener("keydown", (event) => {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const buttons = [...tools.querySelectorAll("button")];
  const at = buttons.indexOf(document.activeElement) + step + buttons.length;
  buttons[at % buttons.length].focus();
});

document.addEventListener("keydown", (event) => {
  if (!drawing || !["Escape", "Enter"].includes(event.key)) return;
  event.preventDefault(); // Enter on the pressed button would end the drawing
  event.stopPropagation();
  const button = tools.querySelector("[aria-pressed=true]");
  if (event.key === "Enter") drawing.finish();
  else {
    drawing.end();
    button.focus({ preventScroll: true }); // Leaflet.draw had taken it to the map
  }
}, true);

whenBack(() => {
  if (unanswered) ask(unanswered);
});

document.addEventListener("sheet:closed", () => {
  if (shape && document.activeElement === document.body) used.focus({ preventScroll: true });
  clearShape();
});
