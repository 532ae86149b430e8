// A small picture of digits on two numbers: a dot each in its digit's colour, a cross for one's own.

import { unpack } from "../../core/bytes.js";
import { contextOf } from "../../draw/digit.js";
import { onResize } from "../../parts/resized.js";

/** @import { Laid } from "./types.js" */

const WHOLE = 32_000; // stands for 1
const ROOM = 1.06;
const FARTHEST = 1.5; // a picture beyond stands at the edge
const [DOT, SMALL] = [1.6, 1.1]; // pixels of the screen
const NARROW = 240; // a square of fewer pixels has the smaller dots
const CROSS = 7;
const MOST_RATIO = 2; // canvas pixels a screen pixel

/**
 * Where whole numbers of 16 bits, x y x y ..., stand in a square of `size` pixels.
 *
 * @param {string} places base64
 * @param {number} size
 * @param {number[] | null} own of a picture, which the square holds too
 * @returns {{ spots: [number, number][], cross: [number, number] | null }}
 */
export function spotsIn(places, size, own) {
  const bytes = unpack(places);
  const whole = new DataView(bytes.buffer, bytes.byteOffset);
  const mine = own?.map((value) => Math.max(-FARTHEST, Math.min(FARTHEST, value)));
  const reach = ROOM * Math.max(1, ...(mine ?? []).map(Math.abs));
  /** @returns {[number, number]} */
  const at = (/** @type {number} */ x, /** @type {number} */ y) => [
    (size / 2) * (1 + x / reach),
    (size / 2) * (1 - y / reach),
  ];
  const value = (/** @type {number} */ place) => whole.getInt16(2 * place, true) / WHOLE;
  const count = bytes.length / 4;
  const spots = Array.from({ length: count }, (_, i) => at(value(2 * i), value(2 * i + 1)));
  return { spots, cross: mine ? at(mine[0], mine[1]) : null };
}

export class Scatter {
  /** @type {{ laid: Laid, labels: string } | null} */
  #shown = null;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    onResize(canvas, () => this.#paint());
    new MutationObserver(() => this.#paint()).observe(document.body, {
      attributeFilter: ["class"],
    });
  }

  /**
   * @param {Laid} laid
   * @param {string} labels a character a digit
   */
  show(laid, labels) {
    this.#shown = { laid, labels };
    this.#paint();
  }

  /** Without one's own picture; the digits stay. */
  forget() {
    if (!this.#shown) return;
    this.#shown.laid = { ...this.#shown.laid, own: null };
    this.#paint();
  }

  #paint() {
    const { canvas } = this;
    const size = canvas.clientWidth;
    if (!this.#shown || !size) return;
    const { laid, labels } = this.#shown;
    const ratio = Math.min(MOST_RATIO, window.devicePixelRatio || 1);
    canvas.width = canvas.height = Math.round(size * ratio);
    const context = contextOf(canvas);
    context.scale(ratio, ratio);
    const style = getComputedStyle(canvas);
    const colours = [...Array(10).keys()].map((i) => style.getPropertyValue(`--class-${i}`).trim());
    const { spots, cross } = spotsIn(laid.places, size, laid.own);
    spots.forEach(([x, y], i) => {
      context.fillStyle = colours[Number(labels[i])];
      context.beginPath();
      context.arc(x, y, size < NARROW ? SMALL : DOT, 0, 2 * Math.PI);
      context.fill();
    });
    if (cross) drawCross(context, cross, style);
    canvas.dataset.dots = String(spots.length);
    canvas.dataset.own = String(Boolean(cross));
  }
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {[number, number]} spot
 * @param {CSSStyleDeclaration} style
 */
function drawCross(context, [x, y], style) {
  for (const [name, width] of /** @type {[string, number][]} */ ([
    ["--panel", 6],
    ["--ink", 2.5],
  ])) {
    context.strokeStyle = style.getPropertyValue(name).trim();
    context.lineWidth = width;
    context.lineCap = "round";
    context.beginPath();
    context.moveTo(x - CROSS, y - CROSS);
    context.lineTo(x + CROSS, y + CROSS);
    context.moveTo(x - CROSS, y + CROSS);
    context.lineTo(x + CROSS, y - CROSS);
    context.stroke();
  }
}
