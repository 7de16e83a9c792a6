// A donut of states with a number in the middle, as inline SVG.

import { config } from "map/address";
import { textScale } from "map/canvas_layer";

const SVG = "http://www.w3.org/2000/svg";

function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

/** 57, 1,240 → "1,240", 23114 → "2.3万" (in English "23k"). */
export function short(n) {
  if (n < 10_000) return n.toLocaleString("en");
  const wan = n / 10_000;
  if (!document.documentElement.lang.startsWith("zh")) return `${Math.round(n / 1000)}k`;
  return `${wan < 10 ? wan.toFixed(1).replace(".0", "") : Math.round(wan)}万`;
}

/** The radius of a donut grows with the logarithm of its number. */
export const radiusOf = (n) => Math.round((15 + Math.min(15, Math.log10(Math.max(1, n)) * 4)) * textScale);

/** @param {number[]} counts by state, in the order of config.states */
export function donut(counts, radius, width, text) {
  const total = counts.reduce((sum, n) => sum + n, 0);
  const size = 2 * radius;
  const svg = make("svg", { viewBox: `0 0 ${size} ${size}`, width: size, height: size, "aria-hidden": "true" });
  svg.append(make("circle", { cx: radius, cy: radius, r: radius - 0.5, class: "donut-ground" }));
  let start = 0;
  counts.forEach((n, i) => {
    if (!n) return;
    const share = (n / total) * 100;
    svg.append(make("circle", {
      cx: radius, cy: radius, r: radius - width / 2 - 1.5, fill: "none",
      class: `seg seg-${config.states[i].code}`, "stroke-width": width, pathLength: 100,
      "stroke-dasharray": share >= 99.9 ? "none" : `${Math.max(0.8, share - 1.2)} ${100 - Math.max(0.8, share - 1.2)}`,
      "stroke-dashoffset": -start, transform: `rotate(-90 ${radius} ${radius})`,
    }));
    start += share;
  });
  if (text) {
    const label = make("text", { x: radius, y: radius, class: "donut-text", "text-anchor": "middle", dy: "0.35em" });
    label.textContent = text;
    svg.append(label);
  }
  return svg;
}
