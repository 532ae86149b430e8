// The squared error of test digits over how many numbers are kept: PCA's curve, a dot a model.

import { attributes, shape } from "../../parts/nodes.js";

/** @import { Lossy, Through } from "./types.js" */

const [WIDE, HIGH] = [340, 240];
const MARGIN = { left: 58, right: 14, top: 12, bottom: 40 };
const TICKS = [1, 10, 100, 784];
const STEP = 0.02;
const MOST = 784;

const x = (/** @type {number} */ numbers) =>
  MARGIN.left +
  (Math.log(Math.min(numbers, MOST)) / Math.log(MOST)) * (WIDE - MARGIN.left - MARGIN.right);
const y = (/** @type {number} */ error, /** @type {number} */ top) =>
  HIGH - MARGIN.bottom - (error / top) * (HIGH - MARGIN.top - MARGIN.bottom);

/** An empty drawing. */
export const reductionPlot = () =>
  attributes(shape("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, class: "reduction" }), {
    role: "img",
    "aria-label": "Squared error over the number of components, once there is a picture",
  });

/**
 * @typedef {object} Drawn
 * @property {Lossy[]} steps of the visitor's picture, by PCA
 * @property {number[]} curve of the test digits, at the same numbers; or empty
 * @property {Through[]} models
 */

/**
 * @param {SVGElement} svg
 * @param {Drawn} drawn
 * @param {number} at numbers kept, by the slider
 */
export function drawReduction(svg, { steps, curve, models }, at) {
  const errors = [...steps.map(({ error }) => error), ...curve];
  const top = STEP * Math.ceil(Math.max(STEP, ...errors) / STEP);
  const path = (/** @type {number[]} */ values, /** @type {string} */ name) => {
    const points = values.map((value, i) => `${x(steps[i].numbers)} ${y(value, top)}`);
    return shape("path", { d: `M${points.join("L")}`, class: `curve ${name}` });
  };
  const lines = [
    path(
      steps.map(({ error }) => error),
      "yours",
    ),
  ];
  if (curve.length) lines.push(path(curve, "pca"));
  const cursor = shape("path", { d: `M${x(at)} ${y(0, top)}V${MARGIN.top}`, class: "cursor" });
  const measured = models.filter(({ test }) => test !== null && test <= top);
  const dots = measured.map(({ name, numbers, test, chosen }) =>
    shape(
      "circle",
      {
        cx: x(numbers),
        cy: y(test ?? 0, top),
        r: chosen ? 6 : 4,
        class: chosen ? "dot own" : "dot",
      },
      shape("title", {}, `${name}: ${numbers} numbers, ${(test ?? 0).toFixed(4)}`),
    ),
  );
  const words = `Squared error over how many numbers are kept: PCA, and ${measured.length} models; the slider stands at ${at}.`;
  svg.setAttribute("aria-label", words);
  svg.replaceChildren(...axes(top), cursor, ...lines, ...dots);
}

/** @param {number} top of the upright axis */
function axes(top) {
  const frame = { d: `M${x(1)} ${MARGIN.top}V${y(0, top)}H${x(MOST)}`, class: "axis" };
  const numbers = TICKS.map((tick) =>
    label(x(tick), y(0, top) + 16, String(tick), tick === MOST ? "end" : "middle"),
  );
  const heights = [0, top / 2, top].map((tick) =>
    label(x(1) - 6, y(tick, top) + 4, tick.toFixed(2), "end"),
  );
  const across = label(x(MOST), HIGH - 6, "numbers kept", "end");
  const up = label(0, 0, "squared error a pixel", "end");
  up.setAttribute("transform", `translate(12 ${MARGIN.top}) rotate(-90)`);
  return [shape("path", frame), ...numbers, ...heights, across, up];
}

/**
 * @param {number} left
 * @param {number} top
 * @param {string} words
 * @param {string} anchor
 */
const label = (left, top, words, anchor) =>
  shape("text", { x: left, y: top, "text-anchor": anchor }, words);
