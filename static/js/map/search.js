// The search box: results below it, walked with the arrow keys; 附近 asks it for a village.

const form = document.querySelector("[data-search]");
const results = document.querySelector("[data-search-results]");
const field = form.querySelector("#search");
let choosing = null;

/** Let the user choose the village they stand in; `callback` gets [lon, lat] and its name, or null. */
export function chooseVillage(callback) {
  setTimeout(() => { choosing = callback; }); // the tap that asked is not a tap elsewhere
  setOnly("places");
  field.value = "";
  field.focus();
}

/** Put the results away. */
export function closeResults() {
  results.replaceChildren();
}

export function startSearch() {
  results.addEventListener("click", (event) => {
    const link = event.target.closest("[data-open]");
    if (!link) return;
    if (choosing && link.dataset.open.startsWith("village:")) {
      event.preventDefault();
      event.stopPropagation();
      chose([Number(link.dataset.lon), Number(link.dataset.lat)], link.querySelector(".who").textContent);
    }
    closeResults();
  });
  form.addEventListener("keydown", walk);
  document.addEventListener("click", (event) => {
    if (form.contains(event.target)) return;
    closeResults();
    if (choosing) chose(null);
  });
}

/** The choice is over, with a village or without. */
function chose(point, name = "") {
  const callback = choosing;
  choosing = null;
  setOnly("");
  field.value = "";
  callback(point, name);
}

function setOnly(value) {
  let hidden = form.querySelector("[name=only]");
  if (!hidden) {
    hidden = document.createElement("input");
    hidden.type = "hidden";
    hidden.name = "only";
    form.append(hidden);
  }
  hidden.value = value;
}

function walk(event) {
  if (event.key === "Escape" && results.firstElementChild) {
    event.preventDefault();
    closeResults();
    field.focus();
    return;
  }
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  const stops = [field, ...results.querySelectorAll("[data-open]")];
  const next = stops[stops.indexOf(document.activeElement) + by];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
