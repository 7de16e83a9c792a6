// Several customers on one spot, a village centre mostly: one pill with name and done/total.

import { gettext } from "gettext";
import { config } from "map/address";
import { textScale, token } from "map/canvas_layer";
import { donut, short } from "map/donut";
import { keyInTile } from "map/place_on_map";

const VILLAGE = 3; // this precision or coarser is drawn with a dashed line
const HEIGHT = 34 * textScale;
const COMPACT = 30 * textScale;

/** The spots of the answers; `within`, where given, says which of them are in the view. */
export function readSpots(answers) {
  return answers.flatMap(({ tile, data, within }) =>
    data.spots.filter(({ key }) => !within || within(key))
      .map((spot) => ({ ...spot, latlng: keyInTile(tile, spot.key) })));
}

/** Pills where there is room, larger villages first; round marks where there is none. */
export function spotMarkers(spots, map, open) {
  const taken = [];
  return [...spots].sort((a, b) => b.total - a.total).map((spot) => {
    const point = map.latLngToLayerPoint(spot.latlng);
    const size = [widthOf(spot), HEIGHT];
    const large = boxAround(size);
    const fits = !taken.some((other) => overlap(large(point), other));
    const box = fits ? large : boxAround([COMPACT, COMPACT]);
    taken.push(box(point));
    return spotMarker(spot, fits ? size : null, box, open);
  });
}

const boxAround = ([width, height]) => ({ x, y }) =>
  [x - width / 2, y - height / 2, x + width / 2, y + height / 2];

const overlap = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

const ruler = document.createElement("canvas").getContext("2d");

/** How wide the pill of a spot is: padding, donut and gaps, then name and count. */
function widthOf(spot) {
  ruler.font = `600 ${13 * textScale}px ${token("font")}`;
  const name = ruler.measureText(spot.name).width;
  ruler.font = `500 ${12 * textScale}px ${token("font")}`;
  return Math.ceil(50 * textScale + name + ruler.measureText(`${spot.done.toLocaleString("en")}/${spot.total.toLocaleString("en")}`).width);
}

function spotMarker(spot, size, box, open) {
  const element = size ? pill(spot) : donut(spot.states, COMPACT / 2, 4, short(spot.total));
  const classes = ["spot", size ? "pill" : "compact"];
  if (spot.precision <= VILLAGE) classes.push("coarse");
  if (spot.expiring) classes.push("expiring");
  if (spot.done === spot.total) classes.push("finished");
  const icon = L.divIcon({ className: classes.join(" "), html: element, iconSize: size ?? [COMPACT, COMPACT] });
  const marker = L.marker(spot.latlng, {
    icon, box, keyboard: true, riseOnHover: true, zIndexOffset: size ? 200 : 0,
  });
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
  count.textContent = `${spot.done.toLocaleString("en")}/${spot.total.toLocaleString("en")}`;
  body.append(donut(spot.states, 9 * textScale, 5 * textScale), name, count);
  return body;
}

function describe(spot) {
  const { total, done, expiring } = spot;
  const said = { name: spot.name || gettext("同一位置"), total, done, ending: `${config.endingSoon} ${expiring}` };
  return expiring
    ? gettext("{name}：共 {total} 户，已触达 {done} 户，{ending} 户。打开", said)
    : gettext("{name}：共 {total} 户，已触达 {done} 户。打开", said);
}
