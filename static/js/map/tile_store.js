// Answers by tile, kept. What is kept is drawn at once; then the server is told its tag, and mostly
// says that it still holds.

import { ask, name, need } from "map/courier";

const MOST = 200;

export class TileStore {
  /**
   * @param {"t"|"l"} part what is asked for: customers or labels
   * @param {(payload: object, tile: object) => object} read makes of a payload what is kept
   */
  constructor(part, read) {
    this.part = part;
    this.read = read;
    this.kept = new Map(); // by name: {tag, data, answer, asked, answered}
    this.wanted = 0;
  }

  /** What is kept of a tile, however old; else undefined. */
  held(tile, query = "") {
    return this.kept.get(name(tile, query))?.data;
  }

  /**
   * What stands in these tiles now, as [{tile, data}], or null when a newer call has come since.
   * Of a tile that has not changed it is the very object that was held.
   * @param {{anew: boolean, byItself: boolean}} how anew: no answer under way is good enough
   * @throws when the server cannot be reached
   */
  async load(tiles, query = "", how = {}) {
    this.wanted += 1;
    const turn = this.wanted;
    const found = Promise.all(tiles.map(async (tile) => ({ tile, data: await this.one(tile, query, how) })));
    need(this.part, tiles, query);
    try {
      const answers = await found;
      return turn === this.wanted ? answers : null;
    } catch (error) {
      if (turn === this.wanted && error.name !== "AbortError") throw error;
      return null;
    }
  }

  one(tile, query, { anew, byItself }) {
    const key = name(tile, query);
    const entry = this.kept.get(key) ?? { tag: "", data: undefined, answer: null, asked: 0, answered: 0 };
    this.keep(key, entry);
    if (this.part === "l" && entry.data) return entry.data; // names of places stay
    if (entry.answer && !anew) return entry.answer;
    const answer = this.fetched(entry, tile, query, byItself).finally(() => {
      if (entry.answer === answer) entry.answer = null;
      if (!entry.data && !entry.answer) this.kept.delete(key);
    });
    entry.answer = answer;
    return answer;
  }

  async fetched(entry, tile, query, byItself) {
    const { tag, data } = entry;
    entry.asked += 1;
    const turn = entry.asked;
    const answer = await ask(this.part, tile, query, tag, byItself);
    if (turn < entry.answered) return entry.data; // overtaken by a later question's answer
    entry.answered = turn;
    if (answer === 0) {
      [entry.tag, entry.data] = [tag, data];
      return data;
    }
    const [newTag, payload] = this.part === "l" ? ["", answer] : answer;
    if (!newTag || newTag !== entry.tag) [entry.tag, entry.data] = [newTag, this.read(payload, tile)];
    return entry.data;
  }

  /** The newest stands last; the oldest goes when there are too many. */
  keep(key, entry) {
    this.kept.delete(key);
    this.kept.set(key, entry);
    if (this.kept.size > MOST) this.kept.delete(this.kept.keys().next().value);
  }
}
