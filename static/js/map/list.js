// The list beside or under the map: the customers in view, or those nearest to the user.

import { config, filterQuery } from "map/address";

const list = document.querySelector("[data-list]");
let order = "priority";
let around = null; // [lon, lat] while 附近 is on
let last = "";

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
}

/** Load the list for these WGS-84 bounds; `position` is where the user stands, if known. */
export function loadList(bounds, position, force = false) {
  const query = new URLSearchParams(filterQuery());
  if (around) {
    query.set("lon", around[0].toFixed(5));
    query.set("lat", around[1].toFixed(5));
  } else {
    query.set("bounds", bounds.map((degree) => degree.toFixed(5)).join(","));
    query.set("order", order);
    if (position) {
      query.set("lon", position[0].toFixed(5));
      query.set("lat", position[1].toFixed(5));
    }
  }
  const url = `${around ? config.urls.nearby : config.urls.list}?${query}`;
  if (url === last && !force) return;
  last = url;
  list.setAttribute("aria-busy", "true");
  window.htmx.ajax("GET", url, { source: list, target: list, swap: "innerHTML" })
    .finally(() => list.setAttribute("aria-busy", "false"));
}

/** From now on the list shows the nearest to this point. */
export function listAround(point) {
  around = point;
}

/** Show which row is open. */
export function chooseRow(id) {
  for (const row of list.querySelectorAll("[data-row]")) row.classList.toggle("chosen", row.dataset.row === String(id));
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
