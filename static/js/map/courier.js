// One request a movement: what is asked for in the same moment travels together.

import { config } from "map/address";
import { BY_ITSELF } from "reading";

const MOST = 12; // tiles of one request; the server takes no more
const RETRY = 1500; // milliseconds
const WORTH_ANOTHER = [502, 503, 504]; // the server, or the way to it, is busy
const under = new Set(); // requests under way: {keys, controller}
const needed = new Map(); // what each part of the map still needs: its keys
let asked = [];

export const name = ({ z, x, y }, query = "") => `${z}/${x}/${y}?${query}`;

/**
 * Ask for a tile: of the customers ("t") or of the labels ("l").
 * @param {boolean} byItself the page asks, not its user: it keeps nobody logged in
 * @returns {Promise} `[tag, payload]`, or 0 when `tag` is still right; of labels the payload
 */
export function ask(part, tile, query = "", tag = "", byItself = false) {
  if (asked.length === 0) queueMicrotask(send);
  return new Promise((resolve, reject) => {
    asked.push({ part, tile, query, tag, byItself, resolve, reject });
  });
}

/** What this part of the map needs now; a request that nobody needs any more is given up. */
export function need(part, tiles, query = "") {
  needed.set(part, new Set(tiles.map((tile) => `${part}${name(tile, query)}`)));
  const wanted = (key) => [...needed.values()].some((keys) => keys.has(key));
  for (const each of under) if (!each.keys.some(wanted)) each.controller.abort();
}

function send() {
  const groups = new Map();
  for (const each of asked) {
    const zoom = String(each.tile.z);
    groups.set(zoom, [...(groups.get(zoom) ?? []), each]);
  }
  asked = [];
  for (const [zoom, group] of groups) {
    const labels = group.filter(({ part }) => part === "l"); // they go with the first question
    const customers = group.filter(({ part }) => part === "t");
    for (const question of new Set(customers.length ? customers.map(({ query }) => query) : [""])) {
      const tiles = customers.filter(({ query }) => query === question);
      while (tiles.length || labels.length) carry(zoom, tiles.splice(0, MOST), labels.splice(0, MOST));
    }
  }
}

async function carry(zoom, tiles, labels) {
  const question = new URLSearchParams(tiles[0]?.query ?? "");
  question.set("z", zoom);
  if (tiles.length) question.set("t", tiles.map(({ tile: { x, y }, tag }) => (tag ? `${x},${y},${tag}` : `${x},${y}`)).join(";"));
  if (labels.length) question.set("l", labels.map(({ tile: { x, y } }) => `${x},${y}`).join(";"));
  const url = `${config.urls.tiles}?${question.toString().replaceAll("%2C", ",").replaceAll("%3B", ";")}`;
  const all = [...tiles, ...labels];
  const trip = { keys: all.map(({ part, tile, query }) => `${part}${name(tile, query)}`), controller: new AbortController() };
  under.add(trip);
  try {
    const answer = await fetchJson(url, trip.controller.signal, all.every(({ byItself }) => byItself));
    tiles.forEach(({ resolve }, i) => resolve(answer.t[i]));
    labels.forEach(({ resolve }, i) => resolve(answer.l[i]));
  } catch (error) {
    for (const { reject } of all) reject(error);
  } finally {
    under.delete(trip);
  }
}

/** JSON from our own server, tried twice; a session that ended leads to the login page. */
export async function fetchJson(url, signal, byItself = false) {
  const headers = { Accept: "application/json", ...(byItself ? BY_ITSELF : {}) };
  const response = await fetchTwice(url, { headers, credentials: "same-origin", signal });
  if (response.redirected && response.url.includes("/login/")) location.reload();
  if (!response.ok) throw new Error(`${response.status} ${url}`);
  return response.json();
}

async function fetchTwice(url, options) {
  const first = await fetch(url, options).catch((error) => error);
  if (first.name === "AbortError") throw first;
  if (first instanceof Response && !WORTH_ANOTHER.includes(first.status)) return first;
  if (!navigator.onLine) throw first;
  await new Promise((resolve) => { setTimeout(resolve, RETRY); });
  return fetch(url, options);
}
