// What lies above the digits: the crosshair, the digit under the hand, one's own picture, corners
// of a plane, a lasso.

import { contextOf, digitCanvas, paint } from "../../draw/digit.js";

/** @import { Bytes } from "../../core/bytes.js" */
/** @import { Palette } from "./palette.js" */
/** @import { Spot, View } from "./view.js" */

const [CROSS, DOT, SHOWN] = [15, 6, 64]; // screen pixels; SHOWN: side of the digit under the hand
const NINETY = Math.sqrt(-2 * Math.log(0.1)); // radius that holds 90 % of a normal distribution
const GAP = 12;

/**
 * @typedef {object} Mine one's own picture
 * @property {Spot} place
 * @property {Spot} middle
 * @property {number[][] | null} covariance
 * @property {Spot[]} near places of the nearest test digits
 */

/**
 * @typedef {object} Above
 * @property {View} view
 * @property {Palette} palette
 * @property {Spot | null} at the crosshair
 * @property {{ spot: Spot, label: number, pixels: Bytes | null } | null} hovered
 * @property {Mine | null} mine
 * @property {Spot[]} corners of a plane through three codes
 * @property {Spot[]} lasso in screen pixels
 */

export class OverlayCanvas {
  #canvas;
  #context;
  #ratio = 1;
  #digit = digitCanvas();

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

  /** @param {Above} above */
  paint(above) {
    const { view, palette, at, hovered, mine, corners, lasso } = above;
    const context = this.#context;
    const k = this.#ratio;
    context.setTransform(k, 0, 0, k, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    if (mine) this.#paintMine(view, palette, mine);
    corners.forEach((spot, i) => {
      this.#paintCorner(view.screen(...spot), "ABC"[i], palette);
    });
    if (lasso.length > 1) this.#paintLasso(lasso, palette);
    if (at) this.#paintCross(view.screen(...at), palette);
    if (hovered) this.#paintHovered(view, palette, hovered);
  }

  /** @param {Spot} spot on the screen @param {Palette} palette */
  #paintCross([x, y], palette) {
    const context = this.#context;
    for (const [colour, width] of /** @type {[string, number][]} */ ([
      [palette.of("--panel"), 6],
      [palette.of("--accent"), 2.5],
    ])) {
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.beginPath();
      for (const [dx, dy] of [
        [1, 0],
        [-1, 0],
        [0, 1],
        [0, -1],
      ]) {
        context.moveTo(x + 4 * dx, y + 4 * dy);
        context.lineTo(x + CROSS * dx, y + CROSS * dy);
      }
      context.stroke();
    }
  }

  /** @param {View} view @param {Palette} palette @param {Mine} mine */
  #paintMine(view, palette, { place, middle, covariance, near }) {
    const context = this.#context;
    const [x, y] = view.screen(...place);
    context.strokeStyle = palette.of("--line-strong");
    context.lineWidth = 1;
    context.beginPath();
    for (const spot of near) {
      const [nx, ny] = view.screen(...spot);
      context.moveTo(x, y);
      context.lineTo(nx, ny);
    }
    context.stroke();
    context.strokeStyle = context.fillStyle = palette.of("--c-mean");
    context.lineWidth = 2;
    if (covariance) this.#paintEllipse(view, middle, covariance);
    context.beginPath();
    context.rect(x - DOT / 2 - 1, y - DOT / 2 - 1, DOT + 2, DOT + 2);
    context.fill();
  }

  /** @param {View} view @param {Spot} middle @param {number[][]} covariance */
  #paintEllipse(view, middle, [[a, b], [, d]]) {
    const [x, y] = view.screen(...middle);
    const half = Math.hypot((a - d) / 2, b);
    const [large, small] = [(a + d) / 2 + half, Math.max(0, (a + d) / 2 - half)];
    const [across, along] = [large, small].map((v) => NINETY * Math.sqrt(v) * view.scale);
    this.#context.beginPath();
    // The screen's y goes down, and angles with it.
    this.#context.ellipse(x, y, across, along, -Math.atan2(2 * b, a - d) / 2, 0, 2 * Math.PI);
    this.#context.stroke();
  }

  /** @param {Spot} spot @param {string} name @param {Palette} palette */
  #paintCorner([x, y], name, palette) {
    const context = this.#context;
    context.fillStyle = palette.of("--ink");
    context.beginPath();
    context.arc(x, y, 9, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = palette.of("--paper");
    context.font = "600 12px ui-monospace, monospace";
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.fillText(name, x, y + 0.5);
    context.textBaseline = "alphabetic";
  }

  /** @param {Spot[]} lasso @param {Palette} palette */
  #paintLasso(lasso, palette) {
    const context = this.#context;
    context.beginPath();
    for (const [x, y] of lasso) context.lineTo(x, y);
    context.closePath();
    context.strokeStyle = palette.of("--accent");
    context.lineWidth = 1.75;
    context.stroke();
    context.globalAlpha = 0.08;
    context.fillStyle = palette.of("--accent");
    context.fill();
    context.globalAlpha = 1;
  }

  /** @param {View} view @param {Palette} palette @param {NonNullable<Above["hovered"]>} hovered */
  #paintHovered(view, palette, { spot, label, pixels }) {
    const context = this.#context;
    const [x, y] = view.screen(...spot);
    const colour = palette.classes[label];
    context.fillStyle = colour;
    context.strokeStyle = palette.of("--panel");
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, DOT, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
    if (!pixels) return;
    const left = x + GAP + SHOWN > view.width ? x - GAP - SHOWN : x + GAP;
    const top = Math.max(2, Math.min(view.height - SHOWN - 2, y - SHOWN - GAP / 2));
    paint(this.#digit, pixels);
    context.imageSmoothingEnabled = false;
    context.fillStyle = colour;
    context.fillRect(left - 2, top - 2, SHOWN + 4, SHOWN + 4);
    context.drawImage(this.#digit, left, top, SHOWN, SHOWN);
  }
}
