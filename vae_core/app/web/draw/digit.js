// A canvas that shows a digit, one canvas pixel a pixel. Every one of the page is made here.

import { AREA, pack, SIDE, unpack } from "../core/bytes.js";
import { attributes, make } from "../parts/nodes.js";

/** @import { Bytes } from "../core/bytes.js" */

/**
 * @typedef {object} Prepared
 * @property {CanvasRenderingContext2D} context
 * @property {ImageData} image
 * @property {Uint32Array} words a pixel each
 */

/** @type {WeakMap<HTMLCanvasElement, Prepared>} */
const prepared = new WeakMap();

/**
 * An empty canvas for a digit.
 *
 * @param {string} [label] for who listens; without one it is decoration
 * @param {string} [className]
 */
export function digitCanvas(label, className = "digit") {
  const made = make("canvas", { className, width: SIDE, height: SIDE });
  return attributes(made, label ? { role: "img", "aria-label": label } : { "aria-hidden": true });
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {CanvasRenderingContext2D}
 */
export function contextOf(canvas, options = {}) {
  const context = canvas.getContext("2d", options);
  if (!context) throw new Error("This browser gives no canvas to draw on.");
  return /** @type {CanvasRenderingContext2D} */ (context);
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Prepared}
 */
function preparedFor(canvas) {
  if (canvas.width !== SIDE) canvas.width = SIDE;
  if (canvas.height !== SIDE) canvas.height = SIDE;
  const known = prepared.get(canvas);
  if (known) return known;
  const context = contextOf(canvas);
  const image = context.createImageData(SIDE, SIDE);
  const made = { context, image, words: new Uint32Array(image.data.buffer) };
  prepared.set(canvas, made);
  return made;
}

/** One grey level as an opaque pixel. */
const GREY = Uint32Array.from({ length: 256 }, (_, level) => 0xff000000 | (level * 0x010101));

/**
 * Paint a digit.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {string | Bytes} data 784 bytes, or their base64
 */
export function paint(canvas, data) {
  const bytes = unpack(data);
  const { context, image, words } = preparedFor(canvas);
  for (let i = 0; i < AREA; i++) words[i] = GREY[bytes[i]];
  context.putImageData(image, 0, 0);
}

/**
 * Paint 784 values as colours on black.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} values
 * @param {(value: number) => number[]} colour red, green, blue and the amount, 0 to 1
 */
export function paintColours(canvas, values, colour) {
  const { context, image } = preparedFor(canvas);
  for (let i = 0; i < AREA; i++) {
    const [red, green, blue, amount] = colour(values[i]);
    const strength = Math.sqrt(Math.min(1, amount)); // small values stay visible
    image.data.set([red * strength, green * strength, blue * strength, 255], 4 * i);
  }
  context.putImageData(image, 0, 0);
}

/** Red stays 0, so that a gap looks like no ink at all to whoever reads the canvas as grey. */
const GAP = [0, 62, 92];

/**
 * Colour the marked pixels of a canvas that already shows a digit.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} marked 784 values, 0 for what stays
 */
export function shade(canvas, marked) {
  const context = contextOf(canvas);
  const image = context.getImageData(0, 0, SIDE, SIDE);
  for (let i = 0; i < AREA; i++) if (marked[i]) image.data.set(GAP, 4 * i);
  context.putImageData(image, 0, 0);
}

/**
 * Many digits side by side.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {Bytes} bytes digits one after the other
 * @param {number} count
 */
export function paintRow(canvas, bytes, count) {
  const image = new ImageData(SIDE * count, SIDE);
  const words = new Uint32Array(image.data.buffer);
  copyDigits(words, SIDE * count, bytes, { columns: count, width: SIDE, skip: 0 });
  [canvas.width, canvas.height] = [image.width, image.height];
  contextOf(canvas).putImageData(image, 0, 0);
}

/**
 * Lay digits out row by row, each cut to some of its columns.
 *
 * @param {Uint32Array} words pixels of the picture
 * @param {number} stride pixels a row of it
 * @param {Bytes} bytes
 * @param {{ columns: number, width: number, skip: number }} layout digits a row, columns kept of
 *   each, columns left out before them
 */
export function copyDigits(words, stride, bytes, { columns, width, skip }) {
  const count = Math.floor(words.length / stride / SIDE) * columns;
  for (let i = 0; i < count; i++) {
    const to = Math.floor(i / columns) * SIDE * stride + (i % columns) * width;
    for (let y = 0; y < SIDE; y++) {
      const from = (i * SIDE + y) * SIDE + skip;
      for (let x = 0; x < width; x++) words[to + y * stride + x] = GREY[bytes[from + x]];
    }
  }
}

/**
 * The digit that a canvas shows, as base64.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function pixelsOf(canvas) {
  const { data } = contextOf(canvas).getImageData(0, 0, SIDE, SIDE);
  return pack(Uint8Array.from({ length: AREA }, (_, i) => data[4 * i]));
}

/**
 * Nothing to show: 0 pixels wide until the next digit.
 *
 * @param {HTMLCanvasElement} canvas
 */
export function empty(canvas) {
  canvas.width = 0;
}
