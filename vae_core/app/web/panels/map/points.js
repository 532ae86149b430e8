// The digits on the map, written straight into a buffer of pixels: dots, or the digits themselves.

import { AREA, SIDE } from "../../core/bytes.js";
import { contextOf } from "../../draw/digit.js";
import { GREY } from "./palette.js";

/** @import { Chart } from "./codes.js" */
/** @import { Palette } from "./palette.js" */
/** @import { View } from "./view.js" */

const LEAST_INK = 56; // fainter pixels stay paper, so that neighbours are not rubbed out
const HAZE = 130; // ink level of a dot between digits
const CELL = 30; // screen pixels: one digit in each is shown as itself
const [SMALL, LARGE] = [1.35, 3]; // radius of a dot, far away and near

/**
 * @typedef {object} Shown
 * @property {Chart} chart
 * @property {View} view
 * @property {Palette} palette
 * @property {Uint8Array | null} chosen 1 for what keeps its colour
 * @property {Uint8Array | null} sheet digits as pixels; null for dots
 */

export class PointsCanvas {
  #canvas;
  #context;
  /** @type {ImageData | null} */
  #image = null;
  #words = new Uint32Array(0);
  #ratio = 1;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = contextOf(canvas);
  }

  /**
   * @param {number} width screen pixels
   * @param {number} height
   * @param {number} ratio canvas pixels a screen pixel
   */
  resize(width, height, ratio) {
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    [this.#canvas.width, this.#canvas.height] = [wide, high];
    this.#ratio = ratio;
    this.#image = this.#context.createImageData(wide, high);
    this.#words = new Uint32Array(this.#image.data.buffer);
  }

  /** @param {Shown} shown */
  paint(shown) {
    if (!this.#image) return;
    this.#words.fill(0);
    const places = this.#placed(shown);
    const as = shown.sheet ? chosenInCells(shown) : null;
    this.#dots(shown, places, as);
    if (as && shown.sheet) this.#digits(shown, places, as, shown.sheet);
    this.#context.putImageData(this.#image, 0, 0);
  }

  /**
   * Canvas pixels of all digits: x, y, x, y ...
   *
   * @param {Shown} shown
   */
  #placed({ chart, view }) {
    const found = new Int32Array(2 * chart.count);
    const k = view.scale * this.#ratio;
    const left = (view.width / 2) * this.#ratio - view.s * k;
    const top = (view.height / 2) * this.#ratio + view.t * k;
    for (let i = 0; i < chart.count; i++) {
      found[2 * i] = left + chart.s[i] * k;
      found[2 * i + 1] = top - chart.t[i] * k;
    }
    return found;
  }

  /**
   * @param {Shown} shown
   * @param {Int32Array} places
   * @param {Uint8Array | null} others drawn as digits instead
   */
  #dots({ chart, view, palette, chosen }, places, others) {
    // Between digits that show themselves, dots are a haze.
    const size = others ? 1 : Math.min(LARGE, SMALL * Math.max(1, view.zoom ** 0.4));
    const radius = size * this.#ratio;
    const { width, height } = this.#canvas;
    const stamp = discOf(radius, width);
    const edge = Math.ceil(radius);
    // What is not chosen first, so that it covers nothing that is.
    for (const pass of chosen ? [0, 1] : [1]) {
      for (let i = 0; i < chart.count; i++) {
        if (others?.[i] || (chosen && chosen[i] !== pass)) continue;
        const [x, y] = [places[2 * i], places[2 * i + 1]];
        if (x < edge || y < edge || x >= width - edge || y >= height - edge) continue;
        const hue = pass ? chart.labels[i] : GREY;
        const colour = others ? palette.inks[hue][HAZE] : palette.dots[hue];
        const at = y * width + x;
        for (let j = 0; j < stamp.length; j++) this.#words[at + stamp[j]] = colour;
      }
    }
  }

  /**
   * @param {Shown} shown
   * @param {Int32Array} places
   * @param {Uint8Array} which
   * @param {Uint8Array} sheet
   */
  #digits({ chart, palette, chosen }, places, which, sheet) {
    const size = Math.max(1, Math.round(this.#ratio));
    const half = (SIDE * size) >> 1;
    for (let i = 0; i < chart.count; i++) {
      if (!which[i]) continue;
      const inks = palette.inks[chosen && !chosen[i] ? GREY : chart.labels[i]];
      const [left, top] = [places[2 * i] - half, places[2 * i + 1] - half];
      this.#digit(sheet, i * AREA, { left, top, size, inks });
    }
  }

  /**
   * @param {Uint8Array} sheet
   * @param {number} from its first pixel
   * @param {{ left: number, top: number, size: number, inks: Uint32Array }} how
   */
  #digit(sheet, from, { left, top, size, inks }) {
    const { width, height } = this.#canvas;
    const end = SIDE * size;
    const [first, last] = [Math.max(0, -left), Math.min(end, width - left)];
    for (let y = Math.max(0, -top); y < Math.min(end, height - top); y++) {
      const row = from + SIDE * Math.floor(y / size);
      const to = (top + y) * width + left;
      for (let x = first; x < last; x++) {
        const ink = sheet[row + (size === 1 ? x : Math.floor(x / size))];
        if (ink > LEAST_INK) this.#words[to + x] = inks[ink];
      }
    }
  }
}

/**
 * The pixels of a disc, as steps from its middle.
 *
 * @param {number} radius
 * @param {number} width of a row
 */
function discOf(radius, width) {
  const found = [];
  const reach = Math.ceil(radius);
  for (let y = -reach; y <= reach; y++) {
    for (let x = -reach; x <= reach; x++) {
      if (Math.hypot(x, y) <= radius) found.push(y * width + x);
    }
  }
  return Int32Array.from(found);
}

/**
 * One digit a cell, the same ones wherever the view stands: cells lie on the plane, and their size
 * there changes by doubling.
 *
 * @param {Shown} shown
 * @returns {Uint8Array} 1 for those
 */
function chosenInCells({ chart, view, chosen }) {
  const size = 2 ** Math.ceil(Math.log2(CELL / view.scale));
  const [s0, t0] = view.plane(-CELL, view.height + CELL);
  const [left, bottom] = [Math.floor(s0 / size), Math.floor(t0 / size)];
  const across = Math.ceil((view.width + 2 * CELL) / view.scale / size) + 2;
  const up = Math.ceil((view.height + 2 * CELL) / view.scale / size) + 2;
  const taken = new Uint8Array(across * up);
  const found = new Uint8Array(chart.count);
  for (const pass of chosen ? [1, 0] : [0]) {
    for (let i = 0; i < chart.count; i++) {
      if (chosen && chosen[i] !== pass) continue;
      const x = Math.floor(chart.s[i] / size) - left;
      const y = Math.floor(chart.t[i] / size) - bottom;
      if (x < 0 || y < 0 || x >= across || y >= up || taken[y * across + x]) continue;
      taken[y * across + x] = found[i] = 1;
    }
  }
  return found;
}
