// Answers by tile, kept for a minute; after that the browser asks again and mostly hears 304.

const FRESH = 60_000;
const MOST = 200;

export class TileStore {
  /** @param {string} template address with {z}/{x}/{y} */
  constructor(template) {
    this.template = template;
    this.kept = new Map();
    this.wanted = 0;
  }

  /** Forget what is known: something changed. */
  clear() {
    this.kept.clear();
  }

  /**
   * The answers for these tiles, as [{tile, data}], or null when a newer call has come since.
   * @throws when the server cannot be reached
   */
  async load(tiles, query = "") {
    this.wanted += 1;
    const turn = this.wanted;
    const answers = await Promise.all(tiles.map(async (tile) => ({ tile, data: await this.one(tile, query) })));
    return turn === this.wanted ? answers : null;
  }

  one(tile, query) {
    const url = ["z", "x", "y"].reduce((text, axis) => text.replace(`{${axis}}`, tile[axis]), this.template)
      + (query ? `?${query}` : "");
    const known = this.kept.get(url);
    if (known && Date.now() - known.at < FRESH) return known.answer;
    const answer = fetchJson(url);
    this.kept.set(url, { at: Date.now(), answer });
    answer.catch(() => this.kept.delete(url));
    if (this.kept.size > MOST) this.kept.delete(this.kept.keys().next().value);
    return answer;
  }
}

/** JSON from our own server; a session that ended leads to the login page. */
export async function fetchJson(url) {
  const response = await fetch(url, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (response.redirected && response.url.includes("/login/")) location.reload();
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return response.json();
}
