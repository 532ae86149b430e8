// What lies behind the digits: the decoded manifold, and contours of the prior and of the codes.

import { SIDE, unpack } from "../../core/bytes.js";
import { contour } from "../../draw/contours.js";
import { contextOf } from "../../draw/digit.js";
import { make } from "../../parts/nodes.js";

/** @import { Chart } from "./codes.js" */
/** @import { Palette } from "./palette.js" */
/** @import { View } from "./view.js" */

/** @typedef {{ canvas: HTMLCanvasElement, s: number, t: number, width: number, height: number }} Laid */

const MASSES = [0.5, 0.9, 0.99];
const DASHES = [5, 4];
const [THIN, LABEL] = [1.25, 11]; // screen pixels
const STRENGTH = 0.5; // of the manifold behind the digits

/** Radius that holds a share of a normal distribution in two dimensions. */
const radiusOf = (/** @type {number} */ share) => Math.sqrt(-2 * Math.log(1 - share));

export class BackCanvas {
  #canvas;
  #context;
  #ratio = 1;
  /** @type {Path2D[]} */
  #contours = [];
  /** @type {Laid | null} */
  #manifold = null;
  isDensityShown = true;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
    this.#context = contextOf(canvas);
  }

  /**
   * @param {number} width screen pixels
   * @param {number} height
   * @param {number} ratio
   */
  resize(width, height, ratio) {
    this.#ratio = ratio;
    [this.#canvas.width, this.#canvas.height] = [
      Math.round(width * ratio),
      Math.round(height * ratio),
    ];
  }

  /** @param {Chart} chart */
  adopt(chart) {
    this.#manifold = null;
    this.#contours = [];
    const { mass, extent } = chart.about;
    if (!mass || !extent) return;
    const levels = unpack(mass);
    const side = Math.round(Math.sqrt(levels.length));
    const [s0, s1, t0, t1] = extent;
    const x = (/** @type {number} */ column) => s0 + ((column + 0.5) / side) * (s1 - s0);
    const y = (/** @type {number} */ row) => t1 - ((row + 0.5) / side) * (t1 - t0);
    this.#contours = MASSES.map((share) => {
      const path = new Path2D();
      const level = 255 * (1 - Math.sqrt(1 - share)); // as the server spreads them
      for (const [x1, y1, x2, y2] of contour(levels, side, level)) {
        path.moveTo(x(x1), y(y1));
        path.lineTo(x(x2), y(y2));
      }
      return path;
    });
  }

  /**
   * Lay decoded pictures behind; null takes them away.
   *
   * @param {{ pixels: string, columns: number, s: number, t: number, width: number, height: number } | null} laid
   *   s and t of the upper left corner, width and height on the plane
   * @param {Palette} palette
   */
  lay(laid, palette) {
    if (!laid) {
      this.#manifold = null;
      return;
    }
    const bytes = unpack(laid.pixels);
    const rows = bytes.length / SIDE / SIDE / laid.columns;
    const canvas = make("canvas", { width: laid.columns * SIDE, height: rows * SIDE });
    const context = contextOf(canvas);
    const image = context.createImageData(canvas.width, canvas.height);
    inkOf(bytes, laid.columns, palette, image);
    context.putImageData(image, 0, 0);
    const { s, t, width, height } = laid;
    this.#manifold = { canvas, s, t, width, height };
  }

  /**
   * @param {View} view
   * @param {Chart} chart
   * @param {Palette} palette
   */
  paint(view, chart, palette) {
    const { width, height } = this.#canvas;
    this.#context.setTransform(1, 0, 0, 1, 0, 0);
    this.#context.clearRect(0, 0, width, height);
    if (this.#manifold) this.#paintManifold(view, this.#manifold);
    if (!this.isDensityShown || !chart.plane) return;
    this.#paintContours(view, palette.of("--c-z"));
    this.#paintPrior(view, chart, palette.of("--c-eps"));
  }

  /** @param {View} view @param {Laid} laid */
  #paintManifold(view, { canvas, s, t, width, height }) {
    const [x, y] = view.screen(s, t);
    const k = this.#ratio;
    const size = [width * view.scale * k, height * view.scale * k];
    this.#context.globalAlpha = STRENGTH;
    this.#context.drawImage(canvas, x * k, y * k, size[0], size[1]);
    this.#context.globalAlpha = 1;
  }

  /** @param {View} view @param {string} colour */
  #paintContours(view, colour) {
    const context = this.#context;
    const [x, y] = view.screen(0, 0);
    const [k, scale] = [this.#ratio, view.scale * this.#ratio];
    context.setTransform(scale, 0, 0, -scale, x * k, y * k);
    context.strokeStyle = colour;
    context.lineWidth = (THIN * k) / scale;
    for (const path of this.#contours) context.stroke(path);
  }

  /** @param {View} view @param {Chart} chart @param {string} colour */
  #paintPrior(view, { about }, colour) {
    const context = this.#context;
    const k = this.#ratio;
    const [x, y] = view.screen(...(about.centre ?? [0, 0]));
    context.setTransform(k, 0, 0, k, 0, 0);
    context.strokeStyle = context.fillStyle = colour;
    context.lineWidth = THIN;
    context.setLineDash(DASHES);
    context.font = `${LABEL}px ui-monospace, monospace`;
    context.textAlign = "center";
    for (const share of MASSES) {
      const radius = radiusOf(share) * view.scale;
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.stroke();
      context.fillText(`${100 * share} %`, x, y - radius - 3);
    }
    context.setLineDash([]);
  }
}

/**
 * Pictures as ink of one colour on nothing.
 *
 * @param {ArrayLike<number>} bytes digits one after the other
 * @param {number} columns digits a row
 * @param {Palette} palette
 * @param {ImageData} image
 */
function inkOf(bytes, columns, palette, image) {
  const words = new Uint32Array(image.data.buffer);
  const ink = Number.parseInt(palette.of("--ink").slice(1), 16);
  const colour = ((ink & 255) << 16) | (ink & 0xff00) | (ink >> 16);
  const stride = columns * SIDE;
  for (let i = 0; i < bytes.length; i++) {
    const digit = Math.floor(i / (SIDE * SIDE));
    const [y, x] = [Math.floor(i / SIDE) % SIDE, i % SIDE];
    const to = (Math.floor(digit / columns) * SIDE + y) * stride + (digit % columns) * SIDE + x;
    words[to] = (bytes[i] << 24) | colour;
  }
}
