// What can be seen of the map: on a phone the list lies over its lower part and the chips over its
// upper edge, at the desk an open card over its right.

import { sheet } from "call/sheet";
import { token } from "map/canvas_layer";
import { covered } from "map/list_sheet";

const EDGE = 32; // pixels between what is looked at and what covers the map
const CONTROLS = ".leaflet-control-attribution, .leaflet-control-scale, .map-corner .map-button";

const chips = document.querySelector("[data-chips]");
const desk = matchMedia("(min-width: 721px)"); // as in map.css

/** Pixels at each side that are covered; at the desk by a card that is open, or about to be. */
function cover(opening = false) {
  if (!desk.matches) return { top: chips.offsetHeight, right: 0, bottom: covered() };
  const isOpen = opening || sheet().childElementCount > 0;
  return { top: 0, right: isOpen ? Number.parseFloat(token("sheet")) : 0, bottom: 0 };
}

/** The bounds whose customers the list counts. A card on top of them does not change the list. */
export function boundsInSight(map) {
  if (desk.matches) return map.getBounds();
  const { x, y } = map.getSize();
  return L.latLngBounds(map.containerPointToLatLng([0, y - covered()]), map.containerPointToLatLng([x, 0]));
}

export function isInSight(map, latlng, opening = false) {
  const { top, right, bottom } = cover(opening);
  const size = map.getSize();
  const at = map.latLngToContainerPoint(latlng);
  const seen = L.bounds([EDGE, top + EDGE], [size.x - right - EDGE, size.y - bottom - EDGE]);
  return seen.contains(at);
}

/** Show a position in the middle of what can be seen. */
export function centre(map, latlng, zoom, opening = false) {
  const { top, right, bottom } = cover(opening);
  const middle = map.project(latlng, zoom).add([right / 2, (bottom - top) / 2]);
  map.setView(map.unproject(middle, zoom), zoom);
}

/** Show all of these bounds, from no nearer than `maxZoom`. */
export function fit(map, bounds, options, opening = false) {
  const { top, right, bottom } = cover(opening);
  map.fitBounds(bounds, {
    paddingTopLeft: [EDGE, top + EDGE], paddingBottomRight: [right + EDGE, bottom + EDGE], ...options,
  });
}

/** Boxes [left, top, right, bottom] in layer points of what stands over the map and is read. */
export function controlBoxes(map) {
  const frame = map.getContainer().getBoundingClientRect();
  return [...document.querySelectorAll(CONTROLS)].map((control) => {
    const { left, top, right, bottom } = control.getBoundingClientRect();
    const from = map.containerPointToLayerPoint([left - frame.left, top - frame.top]);
    return [from.x, from.y, from.x + right - left, from.y + bottom - top];
  });
}
