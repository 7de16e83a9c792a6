// Several customers on one spot, a village centre mostly: one pill with name and done/total.

import { donut, short } from "map/donut";
import { keyInTile } from "map/place_on_map";

const VILLAGE = 3;
const HEIGHT = 34;
const COMPACT = 30;

/** The spots of the answers. */
export function readSpots(answers) {
  return answers.flatMap(({ tile, data }) =>
    (data.spots ?? []).map(([key, precision, total, done, expiring, code, name, ...states]) =>
      ({ latlng: keyInTile(tile, key), precision, total, done, expiring, code, name, states })));
}

/** Pills where there is room, larger villages first; round marks where there is none. */
export function spotMarkers(spots, map, open) {
  const taken = [];
  return [...spots].sort((a, b) => b.total - a.total).map((spot) => {
    const point = map.latLngToLayerPoint(spot.latlng);
    const width = widthOf(spot);
    const large = boxAround(width, HEIGHT);
    const fits = !taken.some((other) => overlap(large(point), other));
    const box = fits ? large : boxAround(COMPACT, COMPACT);
    taken.push(box(point));
    return spotMarker(spot, fits, box, open);
  });
}

const boxAround = (width, height) => ({ x, y }) =>
  [x - width / 2, y - height / 2, x + width / 2, y + height / 2];

const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

function widthOf(spot) {
  return 52 + spot.name.length * 13 + `${spot.done}/${spot.total}`.length * 7.5;
}


function spotMarker(spot, fits, box, open) {
  const element = fits ? pill(spot) : donut(spot.states, COMPACT / 2, 4, short(spot.total));
  const classes = ["spot", fits ? "pill" : "compact"];
  if (spot.precision <= VILLAGE) classes.push("coarse");
  if (spot.expiring) classes.push("expiring");
  if (spot.done === spot.total) classes.push("finished");
  const icon = L.divIcon({ className: classes.join(" "), html: element, iconSize: fits ? null : [COMPACT, COMPACT] });
  const marker = L.marker(spot.latlng, { icon, box, keyboard: true, riseOnHover: true, zIndexOffset: fits ? 200 : 0 });
  marker.on("add", () => marker.getElement().setAttribute("aria-label", describe(spot)));
  marker.on("click", () => open(spot));
  return marker;
}

function pill(spot) {
  const body = document.createElement("span");
  body.className = "pill-body";
  const name = document.createElement("b");
  name.textContent = spot.name;
  const count = document.createElement("span");
  count.textContent = `${spot.done}/${spot.total}`;
  body.append(donut(spot.states, 9, 5), name, count);
  return body;
}

function describe(spot) {
  const ending = spot.expiring ? `，${spot.expiring} 户快到期` : "";
  return `${spot.name || "同一位置"}：共 ${spot.total} 户，已触达 ${spot.done} 户${ending}。打开`;
}
