// Single customers: their marks on a canvas, and which one was tapped.

import { config } from "map/address";
import { CanvasLayer, token } from "map/canvas_layer";
import { RADIUS, SPRITE, sprite } from "map/marks";
import { keyInTile } from "map/place_on_map";

const REACH = 22; // a finger is 44 pixels wide
const VILLAGE = 3; // this precision or coarser gets the dashed ring

/** The pins of the answers of the tile view: [{id, latlng, sprite}]. */
export function readPins(answers) {
  return answers.flatMap(({ tile, data }) => data.pins.map(({ id, key, look }) => {
    const state = config.states[look & 7].code;
    const coarse = ((look >> 3) & 7) <= VILLAGE;
    return { id, latlng: keyInTile(tile, key), sprite: sprite(state, coarse, Boolean(look & 64)) };
  }));
}

export const PinLayer = CanvasLayer.extend({
  pins: [],
  chosen: null,

  /** @param {{id: number, latlng: L.LatLng, sprite: HTMLCanvasElement}[]} pins */
  setPins(pins) {
    this.pins = pins;
    this.redraw();
  },

  /** Ring the customer whose card is open. */
  choose(id) {
    this.chosen = id;
    this.redraw();
  },

  draw(context, bounds) {
    const half = SPRITE / 2;
    const reach = bounds.pad ? bounds : L.bounds(bounds.min, bounds.max);
    let chosen = null;
    for (const pin of this.pins) {
      const point = this._map.latLngToLayerPoint(pin.latlng);
      if (!reach.contains(point)) continue;
      if (pin.id === this.chosen) chosen = point;
      context.drawImage(pin.sprite, point.x - half, point.y - half, SPRITE, SPRITE);
    }
    if (!chosen) return;
    context.strokeStyle = token("accent");
    context.lineWidth = 3;
    context.beginPath();
    context.arc(chosen.x, chosen.y, RADIUS + 5, 0, 2 * Math.PI);
    context.stroke();
  },

  /** The pin nearest to a Leaflet position, within a finger's reach; or null. */
  under(latlng) {
    const tap = this._map.latLngToLayerPoint(latlng);
    let best = null;
    let least = REACH;
    for (const pin of this.pins) {
      const away = tap.distanceTo(this._map.latLngToLayerPoint(pin.latlng));
      if (away < least) [best, least] = [pin, away];
    }
    return best;
  },
});
