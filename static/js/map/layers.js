// What stands on the map for the present view: cells, or spots and pins.

import { config, filterQuery } from "map/address";
import { clusterMarkers } from "map/clusters";
import { name } from "map/courier";
import { PinLayer, readPins } from "map/pins";
import { childOf, parentOf, tileZoom, tilesIn } from "map/place_on_map";
import { readSpots, spotMarkers } from "map/spots";
import { TileStore } from "map/tile_store";
import { readTile } from "map/tile_wire";

const MOST_BOXES = 500; // with more pins than that, names stand where they can
const MOST_HELD = 2000; // pins of a kept tile that is drawn again a zoom deeper
const REACH = 16;
const around = ({ x, y }) => [x - REACH, y - REACH, x + REACH, y + REACH];

export class CustomerLayers {
  /** @param {{openLead: (id: number) => void, openSpot: (spot: object) => void}} doing */
  constructor(map, doing) {
    this.map = map;
    this.doing = doing;
    this.store = new TileStore("t", readTile);
    this.pins = new PinLayer().addTo(map);
    this.markers = L.layerGroup().addTo(map);
    this.codes = new Set();
    this.boxes = []; // what the markers cover, in layer points
    this.drawn = ""; // filter, zoom and tiles that are drawn, and what they held
    this.data = [];
    map.on("click", ({ latlng }) => {
      if (map.getContainer().classList.contains("drawing")) return; // assign/toolbar draws
      const pin = this.pins.under(latlng);
      if (pin) doing.openLead(pin.id);
    });
    map.on("mousemove", ({ latlng }) => {
      map.getContainer().classList.toggle("over-pin", Boolean(this.pins.under(latlng)));
    });
  }

  /**
   * Draw what is kept of the view, ask whether it still holds, and draw what has changed.
   * @param {{anew: boolean, byItself: boolean}} how see TileStore.load
   * @throws when the server cannot be reached
   */
  async show(how = {}) {
    const zoom = this.map.getZoom();
    const tiles = tilesIn(this.map.getBounds(), tileZoom(zoom));
    const query = filterQuery();
    const look = `${query}|${zoom}`;
    const view = `${look}|${tiles.map((tile) => name(tile))}`;
    const sources = this.sourcesOf(tiles, query);
    const held = sources.map(({ tile }) => this.store.held(tile, query));
    if (held.every(Boolean)) this.drawOnce(view, sources, held);
    this.fade(this.drawn && !this.drawn.startsWith(`${look}|`));
    const answers = await this.store.load(sources.map(({ tile }) => tile), query, how);
    if (answers) this.drawOnce(view, sources, answers.map(({ data }) => data));
  }

  /** What stands there is of another zoom or filter: it pales until what was asked for is there. */
  fade(isOld) {
    this.map.getContainer().classList.toggle("old", Boolean(isOld));
  }

  drawOnce(view, sources, data) {
    const isDrawn = view === this.drawn && data.every((each, i) => each === this.data[i]);
    if (isDrawn) return;
    [this.drawn, this.data] = [view, data];
    this.draw(sources.map((source, i) => ({ ...source, data: data[i] })));
    this.fade(false);
  }

  /** From which tiles these are drawn: a coarser one that is kept has all pins of its parts. */
  sourcesOf(tiles, query) {
    const sources = new Map();
    const inView = new Set(tiles.map((tile) => name(tile)));
    for (const tile of tiles) {
      const source = this.heldAbove(tile, query) ?? tile;
      const within = source === tile ? null : (key) => inView.has(name(childOf(source, key, tile.z)));
      sources.set(name(source), { tile: source, within });
    }
    return [...sources.values()];
  }

  heldAbove(tile, query) {
    for (let z = config.pinsFrom; z < tile.z; z += 1) {
      const above = parentOf(tile, z);
      const data = this.store.held(above, query);
      if (data?.kind === "pins" && data.pins.length + data.spots.length <= MOST_HELD) return above;
    }
    return null;
  }

  draw(answers) {
    const spots = readSpots(answers);
    this.codes = new Set(spots.filter((spot) => spot.name).map((spot) => spot.code));
    this.pins.setPins(readPins(answers));
    const focused = this.markers.getLayers().find((marker) => marker.getElement() === document.activeElement);
    this.markers.clearLayers();
    const markers = [
      ...clusterMarkers(answers, this.map),
      ...spotMarkers(spots, this.map, this.doing.openSpot),
    ];
    for (const marker of markers) this.markers.addLayer(marker);
    if (focused) markers.find((marker) => marker.getLatLng().equals(focused.getLatLng()))?.getElement().focus({ preventScroll: true });
    const at = (latlng) => this.map.latLngToLayerPoint(latlng);
    this.boxes = [
      ...markers.map((marker) => marker.options.box(at(marker.getLatLng()))),
      ...this.pins.pins.slice(0, MOST_BOXES).map((pin) => around(at(pin.latlng))),
    ];
    this.map.fire("customersdrawn");
  }
}
