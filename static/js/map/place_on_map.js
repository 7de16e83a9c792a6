// Between the server's positions (WGS-84, tiles, keys) and Leaflet's (the base map's datum).

import { config } from "map/address";
import { converters } from "map/datum";

const { to, from } = converters(config.base.datum);
const KEY_ZOOM = 24;

/** Leaflet position of a WGS-84 point. */
export function toMap(lon, lat) {
  const [x, y] = to([lon, lat]);
  return L.latLng(y, x);
}

/** [lon, lat] in WGS-84 of a Leaflet position. */
export const fromMap = (latlng) => from([latlng.lng, latlng.lat]);

/** West, south, east, north in WGS-84 of Leaflet bounds. */
export function boundsFromMap(bounds) {
  const [west, south] = fromMap(bounds.getSouthWest());
  const [east, north] = fromMap(bounds.getNorthEast());
  return [Math.max(-180, west), Math.max(-85, south), Math.min(180, east), Math.min(85, north)];
}

/** Leaflet position of a fraction of a tile, 0 to 1 from its north-west corner. */
export function inTile({ z, x, y }, fx, fy) {
  const n = 2 ** z;
  const lon = ((x + fx) / n) * 360 - 180;
  const lat = (Math.atan(Math.sinh(Math.PI * (1 - (2 * (y + fy)) / n))) * 180) / Math.PI;
  return toMap(lon, lat);
}

/** Leaflet position of a key counted from the first of its tile. */
export function keyInTile(tile, key) {
  const bits = KEY_ZOOM - tile.z;
  let x = 0;
  let y = 0;
  for (let bit = 0; bit < bits; bit += 1) {
    const pair = Math.floor(key / 4 ** bit) % 4;
    x += (pair & 1) * 2 ** bit;
    y += (pair >> 1) * 2 ** bit;
  }
  const size = 2 ** bits;
  return inTile(tile, (x + 0.5) / size, (y + 0.5) / size);
}

/** The tile of zoom z, deeper than `tile`, in which a key of that tile lies. */
export function childOf(tile, key, z) {
  let [dx, dy] = [0, 0];
  for (let bit = 0; bit < z - tile.z; bit += 1) {
    const pair = Math.floor(key / 4 ** (KEY_ZOOM - z + bit)) % 4;
    dx += (pair & 1) * 2 ** bit;
    dy += (pair >> 1) * 2 ** bit;
  }
  const wide = 2 ** (z - tile.z);
  return { z, x: tile.x * wide + dx, y: tile.y * wide + dy };
}

/** The tile of a coarser zoom that contains a tile. */
export const parentOf = ({ z, x, y }, coarser) =>
  ({ z: coarser, x: Math.floor(x / 2 ** (z - coarser)), y: Math.floor(y / 2 ** (z - coarser)) });

/** Tiles of zoom z that Leaflet bounds touch. */
export function tilesIn(bounds, z) {
  const [west, south, east, north] = boundsFromMap(bounds);
  const n = 2 ** z;
  const column = (lon) => Math.min(n - 1, Math.max(0, Math.floor(((lon + 180) / 360) * n)));
  const row = (lat) => {
    const share = (1 - Math.asinh(Math.tan((lat * Math.PI) / 180)) / Math.PI) / 2;
    return Math.min(n - 1, Math.max(0, Math.floor(share * n)));
  };
  const tiles = [];
  for (let x = column(west); x <= column(east); x += 1)
    for (let y = row(north); y <= row(south); y += 1) tiles.push({ z, x, y });
  return tiles;
}

/** The tile zoom for a zoom of the view: two coarser, so that a tile is 1,024 pixels wide. */
export function tileZoom(viewZoom) {
  return Math.max(1, Math.min(config.maxTileZoom - 1, viewZoom - 2));
}
