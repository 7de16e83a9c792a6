// Cells of a zoomed-out map, as donuts.

import { gettext } from "gettext";
import { config } from "map/address";
import { donut, radiusOf, short } from "map/donut";
import { inTile } from "map/place_on_map";

const EXTENT = 1024;
const CELL = 128;
const ROOM = 3; // between a donut and the border of its cell

/** Donut markers of the answers. A tap zooms in to what is inside. */
export function clusterMarkers(answers, map) {
  const markers = [];
  for (const { tile, data } of answers) {
    for (const [x, y, ...counts] of data.cells) {
      const total = counts.reduce((sum, n) => sum + n, 0);
      const radius = radiusOf(total);
      const at = inTile(tile, inside(x, radius) / EXTENT, inside(y, radius) / EXTENT);
      markers.push(clusterMarker(at, counts, total, radius, map));
    }
  }
  return markers;
}

/** Pushed into its own cell, so that neighbours never overlap. */
function inside(value, radius) {
  const cell = Math.min(EXTENT / CELL - 1, Math.floor(value / CELL)) * CELL;
  const margin = radius + ROOM;
  return Math.min(cell + CELL - margin, Math.max(cell + margin, value));
}

function clusterMarker(at, counts, total, radius, map) {
  const icon = L.divIcon({
    className: "cluster",
    html: donut(counts, radius, 6, short(total)),
    iconSize: [2 * radius, 2 * radius],
  });
  const box = ({ x, y }) => [x - radius, y - radius, x + radius, y + radius];
  const marker = L.marker(at, { icon, box, keyboard: true, riseOnHover: true });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", describe(counts, total)));
  marker.on("click", () => map.setView(at, Math.min(map.getZoom() + 2, map.getMaxZoom())));
  return marker;
}

function describe(counts, total) {
  const parts = counts.flatMap((n, i) => (n ? [`${config.states[i].label} ${n}`] : []));
  return gettext("{total} 位客户：{parts}。放大", { total, parts: parts.join(gettext("，")) });
}
