// The map page: starts its parts and lets them hear of each other.

import "call/page";
import { toast } from "frame";
import { gettext } from "gettext";
import "map/hint";
import * as address from "map/address";
import { keepFresh } from "map/afresh";
import { addBase } from "map/base";
import { showFilter, startFilters } from "map/filters";
import { CustomerLayers } from "map/layers";
import { boundsInSight, centre, controlBoxes, fit, isInSight } from "map/in_sight";
import { chooseRow, listAround, loadList, startList } from "map/list";
import { setHeight, whenPulled } from "map/list_sheet";
import { chosenVillage, keepVillage, positionMarker, whereAmI } from "map/near";
import { boundsFromMap, fromMap, toMap } from "map/place_on_map";
import { chooseVillage, startSearch } from "map/search";
import { closeSheet, openSheet, whenClosed } from "map/sheet";
import { lost, reached, whenBack } from "network";

const { config } = address;
const OPEN_ZOOM = 15;
const notice = document.querySelector("[data-map-notice]");
const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;

const map = L.map("map", {
  zoomControl: false, minZoom: 4, maxZoom: 18, zoomAnimation: !calm, fadeAnimation: !calm,
  attributionControl: true, maxBounds: L.latLngBounds([-10, 50], [65, 160]), worldCopyJump: false,
});
map.attributionControl.setPrefix(false);
L.control.zoom({ position: "bottomright", zoomInTitle: gettext("放大"), zoomOutTitle: gettext("缩小") }).addTo(map);
L.control.scale({ imperial: false, position: "bottomleft" }).addTo(map);

let position = null; // [lon, lat] of the user, once known
let dot = null;

/** The Leaflet map, for the tools that draw on it. */
export const getMap = () => map;
export { fromMap, toMap };

showAddressView();
const layers = new CustomerLayers(map, {
  openLead: (id) => open(`lead:${id}`),
  openSpot: (spot) => (spot.code ? open(`village:${spot.code}`) : map.setView(spot.latlng, map.getMaxZoom())),
});
const base = addBase(map, (code) => layers.codes.has(code), () => [...layers.boxes, ...controlBoxes(map)]);
map.on("customersdrawn", () => base?.redraw());

function showAddressView() {
  const view = address.view();
  if (view) map.setView(toMap(view.lon, view.lat), view.z, { animate: false });
  else showAll();
}

function showAll() {
  const [west, south, east, north] = config.bounds;
  fit(map, [toMap(west, south), toMap(east, north)], { maxZoom: 14, animate: false });
}

function say(text) {
  notice.textContent = text;
  notice.hidden = !text;
}

/** List with chips, and what stands on the map, as they are now. */
async function refresh(how = {}) {
  loadList(boundsFromMap(boundsInSight(map)), position, how);
  try {
    await layers.show(how);
    reached();
  } catch {
    lost();
  }
}

/** Open a card or a village in the sheet; the address says so, and back closes it. */
function open(key, step = true) {
  address.setOpened(key, step);
  showOpened();
}

function showOpened() {
  const opened = address.opened();
  layers.pins.choose(opened?.kind === "lead" ? Number(opened.id) : null);
  chooseRow(opened?.kind === "lead" ? opened.id : null);
  if (!opened) closeSheet();
  else if (opened.kind === "lead") openSheet(`/leads/${opened.id}/card/`);
  else openSheet(config.urls.village.replace("CODE", opened.id));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-open]");
  if (link && !event.defaultPrevented && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    if (link.dataset.lon) flyTo(toMap(Number(link.dataset.lon), Number(link.dataset.lat)));
    open(link.dataset.open);
  }
  if (event.target.closest("[data-show-all]")) showAll();
});

/** To what is about to be opened. */
function flyTo(at) {
  const isSeen = map.getZoom() >= OPEN_ZOOM - 1 && isInSight(map, at, true);
  if (!isSeen) centre(map, at, Math.max(map.getZoom(), OPEN_ZOOM), true);
}

/** A line around customers is seen as a whole beside the panel that speaks of them. */
export function showBesidePanel(bounds) {
  const isSeen = [bounds.getNorthWest(), bounds.getSouthEast()].every((corner) => isInSight(map, corner, true));
  if (!isSeen) fit(map, bounds, { maxZoom: map.getZoom() }, true);
}

whenClosed(() => {
  if (!address.opened()) return;
  if (address.depth() > 0) history.back();
  else {
    address.setOpened(null, false);
    showOpened();
  }
});

window.addEventListener("popstate", () => {
  showAddressView();
  showFilter();
  showOpened();
  refresh();
});

function nearTo(point) {
  position = point;
  dot?.remove();
  dot = positionMarker(toMap(...point)).addTo(map);
  listAround(point);
  setHeight("half");
  centre(map, toMap(...point), Math.max(map.getZoom(), 14));
  refresh({ anew: true });
}

document.querySelector("[data-near]").addEventListener("click", async () => {
  say(gettext("正在定位…"));
  try {
    const point = await whereAmI();
    say("");
    nearTo(point);
  } catch (error) {
    standIn(error.message);
  }
});

/** No position: near the village the user stands in, the one chosen before or one chosen now. */
function standIn(why) {
  const before = chosenVillage();
  if (!before) {
    say(why);
    askVillage();
    return;
  }
  say("");
  toast(gettext("定位不到，按您选的{name}算远近。", before));
  nearTo(before.point);
}

function askVillage() {
  chooseVillage((point, name) => {
    say("");
    if (!point) return;
    keepVillage(point, name);
    nearTo(point);
  });
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-near-village]")) return;
  say(gettext("请在上面的搜索框里选您所在的村。"));
  setHeight("peek");
  askVillage();
});

const legend = document.querySelector("[data-legend]");
document.querySelector("[data-legend-button]").addEventListener("click", ({ currentTarget }) => {
  legend.hidden = !legend.hidden;
  currentTarget.setAttribute("aria-expanded", String(!legend.hidden));
});

map.on("moveend", () => {
  const [lon, lat] = fromMap(map.getCenter());
  address.followView(map.getZoom(), lat, lon);
  refresh();
});
document.addEventListener("leads:changed", () => refresh({ anew: true }));
whenPulled((pixels) => map.panBy([0, pixels / 2])); // what was in the middle stays in the middle
whenBack(() => refresh({ anew: true }));
keepFresh(map, refresh);

startSearch();
startList(() => refresh());
startFilters(() => refresh());
refresh();
showOpened();
