// The parts that can be pointed at: a picture, the maps of a layer, the numbers of a code.

import { AREA, SIDE, unpack } from "../../core/bytes.js";
import { contextOf, digitCanvas, paint, paintColours } from "../../draw/digit.js";
import { attributes, make, shape } from "../../parts/nodes.js";

/** @import { Activations } from "./types.js" */

const WHITE = [255, 255, 255];
const NEGATIVE = [110, 150, 255];
const HEAT = [255, 110, 170];
const [BARS_WIDTH, BARS_HEIGHT] = [240, 72];

/**
 * @typedef {object} Visual
 * @property {HTMLElement} element
 * @property {(event: PointerEvent) => number} at the place under a pointer
 * @property {(place: number, key: string) => number} moved the place beside one, by an arrow key
 * @property {(place: number | null) => void} mark
 */

/**
 * A picture of 28 x 28 values.
 *
 * @param {string} testid
 * @returns {Visual & { grey: (values: number[]) => void, signed: (values: number[]) => void,
 *   heat: (values: number[]) => void }}
 */
export function picture(testid) {
  const canvas = digitCanvas();
  canvas.dataset.testid = testid;
  const mark = make("i", { className: "mark", hidden: true });
  const element = make("span", { className: "visual picture-visual" }, canvas, mark);
  return {
    element,
    at: (event) => place(event, canvas, SIDE, SIDE),
    moved: (at, key) => step(at, key, SIDE, AREA),
    mark: (at) => {
      mark.hidden = at === null;
      if (at !== null) box(mark, at, SIDE, SIDE);
    },
    grey: (values) =>
      paint(
        canvas,
        Uint8Array.from(values, (v) => 255 * Math.min(1, Math.max(0, v))),
      ),
    signed: (values) => paintColours(canvas, shares(values), signedColour),
    heat: (values) => paintHeat(canvas, values),
  };
}

/** @param {number[]} values */
function shares(values) {
  const most = values.reduce((size, v) => Math.max(size, Math.abs(v)), 1e-12);
  return values.map((v) => v / most);
}

/** @param {number} v from -1 to 1 */
const signedColour = (v) => [...(v < 0 ? NEGATIVE : WHITE), Math.abs(v)];

/**
 * @param {HTMLCanvasElement} canvas
 * @param {number[]} values
 */
function paintHeat(canvas, values) {
  const [low, high] = [Math.min(0, ...values), Math.max(...values)];
  const scale = high - low || 1;
  paintColours(canvas, values, (v) => [...HEAT, (v - low) / scale]);
}

/**
 * Where a pointer is over a grid.
 *
 * @param {PointerEvent} event
 * @param {Element} over
 * @param {number} columns
 * @param {number} rows
 */
function place({ clientX, clientY }, over, columns, rows) {
  const { left, top, width, height } = over.getBoundingClientRect();
  const [x, y] = [(clientX - left) / width, (clientY - top) / height];
  /** @param {number} share @param {number} count */
  const cell = (share, count) => Math.max(0, Math.min(count - 1, Math.floor(share * count)));
  return cell(y, rows) * columns + cell(x, columns);
}

/**
 * @param {number} at
 * @param {string} key
 * @param {number} columns
 * @param {number} count
 */
function step(at, key, columns, count) {
  /** @type {Record<string, number>} */
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns };
  const next = at + (steps[key] ?? 0);
  return next >= 0 && next < count ? next : at;
}

/**
 * @param {HTMLElement} mark
 * @param {number} at
 * @param {number} columns
 * @param {number} rows
 */
function box(mark, at, columns, rows) {
  Object.assign(mark.style, {
    left: `${(100 * (at % columns)) / columns}%`,
    top: `${(100 * Math.floor(at / columns)) / rows}%`,
    width: `${100 / columns}%`,
    height: `${100 / rows}%`,
  });
}

/**
 * The maps of one layer beside one another, or its units as one block; a place counts values.
 *
 * @param {Activations} layer
 * @returns {Visual}
 */
export function maps(layer) {
  const [count, height, width] = layer.shape.length === 3 ? layer.shape : [layer.shape[0], 1, 1];
  const gap = height > 1 ? 1 : 0;
  const columns = Math.ceil(Math.sqrt(1.6 * count));
  const rows = Math.ceil(count / columns);
  const [across, down] = [columns * (width + gap), rows * (height + gap)];
  const canvas = make("canvas", { width: across, height: down });
  const mark = make("i", { className: "mark", hidden: true });
  /** @param {number} at a value -> a cell of the canvas */
  const cell = (at) => {
    const [map, rest] = [Math.floor(at / (height * width)), at % (height * width)];
    const x = (map % columns) * (width + gap) + (rest % width);
    const y = Math.floor(map / columns) * (height + gap) + Math.floor(rest / width);
    return y * across + x;
  };
  paintMaps(canvas, layer, cell);
  return {
    element: make(
      "span",
      { className: "visual maps-visual" },
      attributes(canvas, { "aria-hidden": true }),
      mark,
    ),
    at: (event) => {
      const under = place(event, canvas, across, down);
      const [x, y] = [under % across, Math.floor(under / across)];
      const [column, row] = [Math.floor(x / (width + gap)), Math.floor(y / (height + gap))];
      const map = Math.min(count - 1, row * columns + column);
      const [inX, inY] = [
        Math.min(width - 1, x % (width + gap)),
        Math.min(height - 1, y % (height + gap)),
      ];
      return (map * height + inY) * width + inX;
    },
    moved: (at, key) => step(at, key, height > 1 ? width : columns, count * height * width),
    mark: (at) => {
      mark.hidden = at === null;
      if (at !== null) box(mark, cell(at), across, down);
    },
  };
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Activations} layer
 * @param {(at: number) => number} cell
 */
function paintMaps(canvas, layer, cell) {
  const context = contextOf(canvas);
  const image = context.createImageData(canvas.width, canvas.height);
  signedBytes(layer).forEach((value, at) => {
    const strength = Math.sqrt(Math.abs(value) / 127);
    const [red, green, blue] = value < 0 ? NEGATIVE : WHITE;
    image.data.set([red * strength, green * strength, blue * strength, 255], 4 * cell(at));
  });
  context.putImageData(image, 0, 0);
}

/** @param {Activations} layer */
export const signedBytes = (layer) => new Int8Array(Uint8Array.from(unpack(layer.values)).buffer);

/** @param {Activations} layer */
export const valuesOf = (layer) =>
  Array.from(signedBytes(layer), (byte) => (byte * layer.scale) / 127);

/**
 * Numbers as bars around zero.
 *
 * @param {number[]} values
 * @param {string} hue class of their colour
 * @returns {Visual}
 */
export function bars(values, hue) {
  const most = Math.max(1e-6, ...values.map(Math.abs));
  const signed = values.some((v) => v < 0);
  const zero = signed ? BARS_HEIGHT / 2 : BARS_HEIGHT;
  const width = BARS_WIDTH / values.length;
  /** @param {number} v */
  const y = (v) => zero - (v / most) * (zero - 1);
  const d = values.map((v, i) => `M${((i + 0.5) * width).toFixed(2)} ${zero}V${y(v).toFixed(2)}`);
  const line = shape("path", {
    class: "bar",
    d: d.join(""),
    "stroke-width": Math.max(0.5, 0.72 * width),
  });
  const ground = shape("path", { class: "ground", d: `M0 ${zero}H${BARS_WIDTH}` });
  const mark = shape("rect", {
    class: "bar-mark",
    y: 0,
    width: Math.max(2, width),
    height: BARS_HEIGHT,
  });
  const view = { viewBox: `0 0 ${BARS_WIDTH} ${BARS_HEIGHT}`, preserveAspectRatio: "none" };
  const svg = attributes(shape("svg", view, mark, ground, line), { "aria-hidden": true });
  const element = make("span", { className: `visual bars-visual ${hue}` });
  element.append(svg);
  mark.style.display = "none";
  return {
    element,
    at: (event) => place(event, svg, values.length, 1),
    moved: (at, key) => step(at, key, 0, values.length),
    mark: (at) => {
      mark.style.display = at === null ? "none" : "";
      if (at !== null) mark.setAttribute("x", String(at * width));
    },
  };
}
