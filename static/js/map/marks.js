// The marks of the states on a canvas: colour and shape as in static/img/marks.svg.

import { textScale, token } from "map/canvas_layer";

const SIZE = 16; // the marks are drawn in a box of 16
const SCALE = 1.25 * textScale;
export const RADIUS = (SIZE / 2) * SCALE;

const SHAPES = {
  unassigned: (c) => ring(c, 5.5, 2.5),
  to_contact: (c) => disc(c, 6.5),
  contacted(c) {
    ring(c, 6, 1.5);
    c.beginPath();
    c.arc(0, 0, 6, -Math.PI / 2, Math.PI / 2);
    c.fill();
  },
  interested(c) {
    ring(c, 7, 1.5);
    disc(c, 4);
  },
  applied: (c) => polygon(c, [[0, -7.5], [7.5, 0], [0, 7.5], [-7.5, 0]]),
  approved: (c) => c.fillRect(-6.5, -6.5, 13, 13),
  drawn(c) {
    c.fillRect(-6.5, -6.5, 13, 13);
    stroke(c, [[-3.5, 0.3], [-1, 2.8], [3.5, -2.5]], 2, "#fff");
  },
  not_interested(c) {
    stroke(c, [[-4.5, -4.5], [4.5, 4.5]], 3, c.fillStyle);
    stroke(c, [[4.5, -4.5], [-4.5, 4.5]], 3, c.fillStyle);
  },
};

function disc(c, radius) {
  c.beginPath();
  c.arc(0, 0, radius, 0, 2 * Math.PI);
  c.fill();
}

function ring(c, radius, width) {
  c.beginPath();
  c.arc(0, 0, radius, 0, 2 * Math.PI);
  c.save();
  c.fillStyle = "#fff";
  c.fill();
  c.restore();
  c.lineWidth = width;
  c.stroke();
}

function polygon(c, points) {
  c.beginPath();
  for (const [x, y] of points) c.lineTo(x, y);
  c.fill();
}

function stroke(c, points, width, colour) {
  c.save();
  c.beginPath();
  for (const [x, y] of points) c.lineTo(x, y);
  c.lineWidth = width;
  c.lineCap = "round";
  c.strokeStyle = colour;
  c.stroke();
  c.restore();
}

const sprites = new Map();

/** A picture of the mark, with a dashed ring for a coarse position and a dot when it expires. */
export function sprite(state, coarse, expiring) {
  const name = `${state}${coarse}${expiring}`;
  if (!sprites.has(name)) sprites.set(name, paint(state, coarse, expiring));
  return sprites.get(name);
}

export const SPRITE = 40 * textScale; // side of a sprite on screen

function paint(state, coarse, expiring) {
  const canvas = document.createElement("canvas");
  const ratio = 2;
  canvas.width = canvas.height = Math.ceil(SPRITE * ratio);
  const c = canvas.getContext("2d");
  c.setTransform(ratio, 0, 0, ratio, (SPRITE * ratio) / 2, (SPRITE * ratio) / 2);
  const colour = token(`stage-${state}`);
  if (coarse) {
    c.setLineDash([3, 3]);
    c.strokeStyle = colour;
    c.lineWidth = 1.5;
    c.beginPath();
    c.arc(0, 0, RADIUS + 6 * textScale, 0, 2 * Math.PI);
    c.stroke();
    c.setLineDash([]);
  }
  c.shadowColor = "rgb(0 0 0 / 25%)";
  c.shadowBlur = 3;
  c.fillStyle = "#fff";
  disc(c, RADIUS + 2);
  c.shadowColor = "transparent";
  c.scale(SCALE, SCALE);
  c.fillStyle = c.strokeStyle = colour;
  SHAPES[state](c);
  if (expiring) {
    c.fillStyle = "#fff";
    c.translate(6.5, -6.5);
    disc(c, 4.5);
    c.fillStyle = token("expiring");
    disc(c, 3.5);
  }
  return canvas;
}
