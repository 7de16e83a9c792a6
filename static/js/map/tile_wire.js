// Reads what marketing_map/map_answers/tile_wire.py wrote: columns of base-64 digits, plane by plane.

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz-";
const VALUE = new Map([...DIGITS].map((digit, value) => [digit, value]));
const CELL = 128;
const STEP = 4;
const CELLS_A_SIDE = 8;
const LABEL_BITS = 12;
const KEY_ZOOM = 24;
const LEVELS = ["prefecture", "county", "township", "village"];

/** The n numbers of a column; an empty one is all zeros. */
export function column(text, n) {
  const numbers = new Array(n).fill(0);
  for (let at = 0; at < text.length; at += 1) numbers[at % n] = numbers[at % n] * 64 + VALUE.get(text[at]);
  return numbers;
}

/** Each number added to the ones before. */
function summed(numbers) {
  let sum = 0;
  return numbers.map((number) => { sum += number; return sum; });
}

const texts = ([start, ...rest]) => rest.map((text) => start + text);

function states(columns, n) {
  const read = columns.map((text) => column(text, n));
  return (row) => read.map((numbers) => numbers[row]);
}

/** Cells as [x, y, n of each state …], in pixels of the tile; pins; spots. */
export function readTile(data) {
  return data.kind === "cells"
    ? { kind: "cells", cells: readCells(data), pins: [], spots: [] }
    : { kind: "pins", cells: [], pins: readPins(data), spots: readSpots(data.spots) };
}

function readCells(data) {
  const [at, x, y] = [data.at, data.x, data.y].map((text) => column(text, data.n));
  const counts = states(data.states, data.n);
  return at.map((cell, i) => [
    (cell % CELLS_A_SIDE) * CELL + (x[i] + 0.5) * STEP,
    Math.floor(cell / CELLS_A_SIDE) * CELL + (y[i] + 0.5) * STEP,
    ...counts(i),
  ]);
}

/** {id, key, look}; the key counts from the first of the tile. */
function readPins(data) {
  const [ids, looks] = [column(data.id, data.n), column(data.look, data.n)];
  return summed(column(data.key, data.n)).map((key, i) => ({ id: data.least + ids[i], key, look: looks[i] }));
}

function readSpots(data) {
  const [precision, total, done, expiring] = ["precision", "total", "done", "expiring"]
    .map((name) => column(data[name], data.n));
  const codes = texts(data.code);
  const counts = states(data.states, data.n);
  return summed(column(data.key, data.n)).map((key, i) => ({
    key, precision: precision[i], total: total[i], done: done[i], expiring: expiring[i],
    code: codes[i], name: data.name[i], states: counts(i),
  }));
}

/** Labels as {code, name, level, fx, fy}; the fractions are of the tile. */
export function readLabels(data, z) {
  const size = 2 ** Math.min(LABEL_BITS, KEY_ZOOM - z);
  const [level, x, y] = [data.level, data.x, data.y].map((text) => column(text, data.n));
  return texts(data.code).map((code, i) => ({
    code, name: data.name[i], level: LEVELS[level[i]], fx: (x[i] + 0.5) / size, fy: (y[i] + 0.5) / size,
  }));
}
