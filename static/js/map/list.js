// The list beside or under the map: the customers in view, or those nearest to the user.

import { config, filterQuery } from "map/address";
import { BY_ITSELF, Reading } from "reading";

const PAGE = 30; // rows; those that 更多 brought are asked for again with the rest

const list = document.querySelector("[data-list]");
const mark = document.querySelector("[data-list-old]");
const reading = new Reading();
let order = "priority";
let around = null; // [lon, lat] while 附近 is on
let last = ""; // the address of the list that is shown or asked for
let shown = { filter: null, text: "" };
let chosen = ""; // the row whose card is open

/** @param {() => void} reload asks the page to load the list anew */
export function startList(reload) {
  list.addEventListener("click", (event) => {
    const wanted = event.target.closest("[data-order]");
    if (wanted) {
      order = wanted.dataset.order;
      reload();
    }
    if (event.target.closest("[data-near-end]")) {
      around = null;
      reload();
    }
  });
  list.addEventListener("keydown", walk);
  list.addEventListener("htmx:beforeSwap", answered);
  list.addEventListener("htmx:afterSwap", markChosen);
  for (const failed of ["htmx:sendError", "htmx:responseError"]) list.addEventListener(failed, notAnswered);
}

/**
 * Load the list for these WGS-84 bounds; `position` is where the user stands, if known.
 * @param {{anew: boolean, byItself: boolean}} how anew: also when it is the list that is shown
 */
export function loadList(bounds, position, { anew = false, byItself = false } = {}) {
  const query = questionOf(bounds, position);
  const url = `${around ? config.urls.nearby : config.urls.list}?${query}`;
  if (url === last && !anew) return;
  const pages = Math.ceil(list.querySelectorAll("[data-row]").length / PAGE);
  const more = url === last && pages > 1 && !around ? `&upto=${pages}` : "";
  last = url;
  list.setAttribute("aria-busy", "true");
  list.setAttribute("aria-live", byItself ? "off" : "polite"); // nobody is read what they did not ask for
  list.toggleAttribute("data-old", shown.filter !== null && shown.filter !== filterQuery());
  reading.load(url + more, { source: list, target: list, swap: "innerHTML", headers: byItself ? BY_ITSELF : {} });
}

function questionOf(bounds, position) {
  const query = new URLSearchParams(filterQuery());
  const standing = around ?? position;
  if (!around) {
    query.set("bounds", bounds.map((degree) => degree.toFixed(5)).join(","));
    query.set("order", order);
  }
  if (standing) {
    query.set("lon", standing[0].toFixed(5));
    query.set("lat", standing[1].toFixed(5));
  }
  return query;
}

/** An answer that says what is shown already leaves it alone, with what is open or under a finger. */
function answered({ target, detail }) {
  if (target !== list) return;
  if (detail.xhr.status === 429) { // said in its place: too much was looked at in this hour
    last = shown.text = "";
    settle(false);
  }
  if (detail.xhr.status !== 200) return;
  const text = detail.serverResponse.replace(/name="csrfmiddlewaretoken" value="[^"]*"/g, "");
  if (text === shown.text) detail.shouldSwap = false;
  shown.text = text;
  if (!detail.requestConfig.path.startsWith(last)) return; // the next one is on its way
  shown.filter = filterQuery();
  settle(false);
}

function notAnswered({ target }) {
  if (target !== list) return;
  last = "";
  settle(true);
}

/** The list is what was asked for, or one of before. */
function settle(isOld) {
  list.setAttribute("aria-busy", "false");
  list.toggleAttribute("data-old", isOld);
  mark.hidden = !isOld;
}

/** From now on the list shows the nearest to this point. */
export function listAround(point) {
  around = point;
}

/** Show which row is open. */
export function chooseRow(id) {
  chosen = String(id);
  markChosen();
}

function markChosen() {
  for (const row of list.querySelectorAll("[data-row]")) row.classList.toggle("chosen", row.dataset.row === chosen);
}

function walk(event) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by) return;
  const links = [...list.querySelectorAll("[data-open]")];
  const at = links.indexOf(document.activeElement);
  const next = links[at + by];
  if (at < 0 || !next) return;
  event.preventDefault();
  next.focus();
}
