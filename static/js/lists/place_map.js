// A small map on which one point is chosen: by a tap, or from the keyboard.

import { gettext } from "gettext";
import { config } from "map/address";
import { addBase } from "map/base";
import { fromMap, toMap } from "map/place_on_map";

const frame = document.querySelector("[data-place-map]");
const form = document.querySelector("form[data-point]");
const said = form.querySelector("[data-point-said]");
const map = L.map(frame, { attributionControl: true, zoomControl: false, minZoom: 5, maxZoom: 18 });
L.control.zoom({ zoomInTitle: gettext("放大"), zoomOutTitle: gettext("缩小") }).addTo(map);
map.attributionControl.setPrefix("");
const [lon, lat] = config.centre ?? [105, 35];
map.setView(toMap(lon, lat), config.centre ? 13 : 5);
addBase(map);

let chosen = null;

map.on("click", (event) => choose(event.latlng));
frame.addEventListener("keydown", (event) => {
  if (event.key === "Enter") choose(map.getCenter());
});

/** Mark the point and let it be saved; the form carries WGS-84. */
function choose(latlng) {
  chosen ??= L.circleMarker(latlng, { radius: 9, weight: 3, className: "chosen-point" }).addTo(map);
  chosen.setLatLng(latlng);
  const [x, y] = fromMap(latlng);
  form.elements.lon.value = x.toFixed(6);
  form.elements.lat.value = y.toFixed(6);
  form.querySelector("button").disabled = false;
  said.textContent = gettext("已选，再点可以改。");
}

// A place ticked in the list is shown on the map, to see whether it is the one.
const shown = L.circleMarker([0, 0], { radius: 14, weight: 2, className: "ticked-place", interactive: false });
document.addEventListener("change", ({ target }) => {
  if (!target.matches("[name=place]")) return;
  const { lon: x, lat: y } = target.dataset;
  shown.setLatLng(toMap(Number(x), Number(y))).addTo(map);
  map.panTo(shown.getLatLng());
});
