// q(z|x) as a chart, a column a number: the mean, sigma around it, and the z that is decoded.

import { attributes, make, shape } from "../parts/nodes.js";

const [WIDTH, HEIGHT] = [320, 196];
export const EDGE = 3.5; // largest value that has a place on the chart
const MARK = 8; // pixels: height of an arrowhead
const TICKS = { "+2": 2, 0: 0, "−2": -2 };

/** @typedef {{ mean: number, sigma: number, z: number }} Column */

/** @param {number} value */
const y = (value) => (HEIGHT / 2) * (1 - Math.max(-1, Math.min(1, value / EDGE)));

/** @param {Column} column */
const isBeyond = ({ mean, z }) => Math.max(Math.abs(mean), Math.abs(z)) > EDGE;

/**
 * How many columns have something outside the chart.
 *
 * @param {Column[]} columns
 */
export const countBeyond = (columns) => columns.filter(isBeyond).length;

/**
 * The shapes of one column.
 *
 * @param {Column} column
 * @param {number} x its middle
 * @param {number} bar width of its bar
 */
function shapesOf(column, x, bar) {
  const { mean, sigma, z } = column;
  const [top, bottom, left] = [y(mean + sigma), y(mean - sigma), x - bar / 2];
  const height = Math.max(1, bottom - top);
  return [
    shape("rect", { class: "sigma", x: left, y: top, width: bar, height, rx: 1 }),
    shape("rect", { class: "mean", x: left, y: y(mean) - 1.5, width: bar, height: 3 }),
    shape("circle", { class: "z", cx: x, cy: y(z), r: Math.min(3.2, bar / 2) }),
    ...(isBeyond(column) ? [arrowhead(x, Math.max(4, bar / 2), column)] : []),
  ];
}

/**
 * At the edge of the chart, for what lies outside it.
 *
 * @param {number} x
 * @param {number} half of its width
 * @param {Column} column
 */
function arrowhead(x, half, { mean, z }) {
  const isAbove = (Math.abs(z) > EDGE ? z : mean) > 0;
  const tip = isAbove ? 1 : HEIGHT - 1;
  const base = isAbove ? tip + MARK : tip - MARK;
  const [left, right] = [x - half, x + half];
  return shape("path", { class: "off", d: `M${left} ${base}H${right}L${x} ${tip}z` });
}

/**
 * Paint the chart: the prior's band, lines at -2, 0 and 2, and the columns.
 *
 * @param {HTMLElement} box
 * @param {Column[]} columns
 */
export function paintPosterior(box, columns) {
  const step = WIDTH / columns.length;
  const bar = Math.max(2, Math.min(18, step * 0.6));
  const band = shape("rect", { class: "prior", x: 0, width: WIDTH, y: y(1), height: y(-1) - y(1) });
  const lines = Object.values(TICKS).map((value) => {
    const ends = { x1: 0, x2: WIDTH, y1: y(value), y2: y(value) };
    return shape("line", value ? { ...ends, class: "faint" } : ends);
  });
  const shapes = columns.flatMap((column, i) => shapesOf(column, (i + 0.5) * step, bar));
  const view = { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none" };
  const svg = attributes(shape("svg", view, band, ...lines, ...shapes), { "aria-hidden": true });
  const ticks = Object.entries(TICKS).map(([textContent, value]) => {
    const tick = make("span", { className: "tick", textContent });
    tick.style.top = `${(100 * y(value)) / HEIGHT}%`;
    return tick;
  });
  box.replaceChildren(svg, ...ticks);
}
