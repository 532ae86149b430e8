// ROC curves: which share of the odd digits a threshold finds, over the share of false alarms.

import { fixed } from "../../core/numbers.js";
import { attributes, shape } from "../../parts/nodes.js";

/** @import { Score } from "./types.js" */

const SIDE = 320;
const MARGIN = { left: 44, right: 10, top: 10, bottom: 40 };
const TICKS = [0, 0.5, 1];

const x = (/** @type {number} */ v) => MARGIN.left + v * (SIDE - MARGIN.left - MARGIN.right);
const y = (/** @type {number} */ v) =>
  SIDE - MARGIN.bottom - v * (SIDE - MARGIN.top - MARGIN.bottom);

/** An empty drawing. */
export const rocPlot = () =>
  attributes(shape("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, class: "roc" }), {
    role: "img",
    "aria-label": "ROC curves, once there is a picture",
  });

/**
 * The curves of scores, and where a picture stands on each.
 *
 * @param {SVGElement} svg
 * @param {Score[]} scores
 * @param {(name: string) => string} titleOf
 */
export function drawRoc(svg, scores, titleOf) {
  const curves = [...scores].reverse().flatMap((score) => {
    const places = score.curve_normal.map((a, i) => [a, score.curve_odd[i]]);
    const points = [[1, 1], ...places, [0, 0]].map(([a, b]) => `${x(a)} ${y(b)}`);
    const dot = { cx: x(score.normal), cy: y(score.odd), r: 5, class: `dot ${score.name}` };
    return [
      shape("path", { d: `M${points.join("L")}`, class: `curve ${score.name}` }),
      shape("circle", dot),
    ];
  });
  const words = scores.map(({ name, area }) => `${titleOf(name)} ${fixed(area.value, 3)}`);
  svg.setAttribute("aria-label", `ROC curves; areas: ${words.join(", ")}`);
  svg.replaceChildren(...axes(), ...curves);
}

function axes() {
  const chance = shape("path", { d: `M${x(0)} ${y(0)}L${x(1)} ${y(1)}`, class: "chance" });
  const frame = shape("path", { d: `M${x(0)} ${y(1)}V${y(0)}H${x(1)}`, class: "axis" });
  const numbers = TICKS.flatMap((v) => [
    label(x(v), y(0) + 16, fixed(v, v === 0.5 ? 1 : 0), v === 1 ? "end" : "middle"),
    label(x(0) - 6, y(v) + 4, fixed(v, v === 0.5 ? 1 : 0), "end"),
  ]);
  const across = label(x(1), SIDE - 6, "known digits that score higher", "end");
  const up = label(0, 0, "odd digits that score higher", "end");
  up.setAttribute("transform", `translate(13 ${y(1)}) rotate(-90)`);
  return [chance, frame, ...numbers, across, up];
}

/**
 * @param {number} left
 * @param {number} top
 * @param {string} words
 * @param {string} anchor
 */
const label = (left, top, words, anchor) =>
  shape("text", { x: left, y: top, "text-anchor": anchor }, words);
