// Answers by tile, kept. After a minute, or after a change, the server is told the tag of what
// is kept and mostly says that it still holds.

import { ask, name, need } from "map/courier";

const FRESH = 60_000;
const MOST = 200;

export class TileStore {
  /**
   * @param {"t"|"l"} part what is asked for: customers or labels
   * @param {(payload: object, tile: object) => object} read makes of a payload what is kept
   */
  constructor(part, read) {
    this.part = part;
    this.read = read;
    this.kept = new Map(); // by name: {at, tag, data, answer}
    this.wanted = 0;
  }

  /** Something changed: what is kept is asked about before it is shown again. */
  doubt() {
    for (const entry of this.kept.values()) entry.at = -Infinity;
  }

  /** What is kept of a tile, however old; else undefined. */
  held(tile, query = "") {
    return this.kept.get(name(tile, query))?.data;
  }

  /**
   * What stands in these tiles, as [{tile, data}], or null when a newer call has come since.
   * @throws when the server cannot be reached
   */
  async load(tiles, query = "") {
    this.wanted += 1;
    const turn = this.wanted;
    const found = Promise.all(tiles.map(async (tile) => ({ tile, data: await this.one(tile, query) })));
    need(this.part, tiles, query);
    try {
      const answers = await found;
      return turn === this.wanted ? answers : null;
    } catch (error) {
      if (turn === this.wanted && error.name !== "AbortError") throw error;
      return null;
    }
  }

  one(tile, query) {
    const key = name(tile, query);
    const known = this.kept.get(key);
    if (known && (known.answer || this.part === "l" || Date.now() - known.at < FRESH)) {
      this.keep(key, known);
      return known.answer ?? known.data;
    }
    const entry = known ?? { tag: "", data: undefined };
    entry.at = Date.now();
    entry.answer = this.fetched(entry, tile, query).catch((error) => {
      entry.at = -Infinity;
      if (!entry.tag) this.kept.delete(key);
      throw error;
    }).finally(() => { entry.answer = null; });
    this.keep(key, entry);
    return entry.answer;
  }

  async fetched(entry, tile, query) {
    const answer = await ask(this.part, tile, query, entry.tag);
    if (answer === 0) return entry.data;
    const [tag, payload] = this.part === "l" ? ["", answer] : answer;
    entry.tag = tag;
    entry.data = this.read(payload, tile);
    return entry.data;
  }

  /** The newest stands last; the oldest goes when there are too many. */
  keep(key, entry) {
    this.kept.delete(key);
    this.kept.set(key, entry);
    if (this.kept.size > MOST) this.kept.delete(this.kept.keys().next().value);
  }
}
