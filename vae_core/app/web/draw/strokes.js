// A pad that is drawn on: smooth between events, wider under a pen's pressure.

import { make } from "../parts/nodes.js";
import { contextOf, digitCanvas, paint } from "./digit.js";

export const PAD = 336; // pixels a side: 12 a model pixel
const PEN = 26; // a digit of two thirds of the pad then has MNIST's stroke, about 2.2 of 28
const TAP = 3; // points that a stroke has at least
const CRISP = 4; // times that a picture is enlarged at least to be shown as its pixels

/** @typedef {{ x: number, y: number, width: number }} Point */
/** @typedef {{ left: number, top: number, width: number, height: number }} Area in pad pixels */

/**
 * @typedef {object} Stroke the one under way
 * @property {number} id of its pointer
 * @property {string} type of its pointer
 * @property {Point[]} points
 * @property {ImageData} before the pad as it was
 * @property {() => void} undo what `onstart` did
 */

/**
 * @typedef {object} PadOptions
 * @property {() => () => void} onstart a stroke begins; returns what takes that back
 * @property {(event: PointerEvent) => void} onmove it has grown
 * @property {() => void} onend it is done
 * @property {(event: PointerEvent) => boolean} ontap a tap came instead; whether it was meant for
 *   something else than a dot
 * @property {() => void} ondrop the stroke under way was none
 */

export class Pad {
  #canvas;
  #options;
  /** @type {Point[][]} */
  #strokes = [];
  /** @type {Stroke | null} */
  #current = null;

  /**
   * @param {HTMLCanvasElement} canvas PAD pixels a side
   * @param {PadOptions} options
   */
  constructor(canvas, options) {
    this.#canvas = canvas;
    this.#options = options;
    this.context = contextOf(canvas, { willReadFrequently: true });
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => this.#grow(event));
    canvas.addEventListener("pointerup", (event) => this.#lift(event));
    canvas.addEventListener("pointercancel", ({ pointerId }) => {
      if (this.#current?.id === pointerId) this.#drop(this.#current);
    });
    this.blank();
  }

  get isEmpty() {
    return this.#strokes.length === 0;
  }

  /** Black, and the strokes forgotten. */
  clear() {
    this.#strokes = [];
    this.blank();
  }

  /** The next stroke begins on a black pad. */
  forget() {
    this.#strokes = [];
  }

  /** Paint the pad black. */
  blank() {
    const { context } = this;
    context.fillStyle = "#000";
    context.fillRect(0, 0, PAD, PAD);
    context.strokeStyle = context.fillStyle = "#fff";
    context.lineCap = context.lineJoin = "round";
  }

  /** Take back the last stroke. */
  undo() {
    this.draw(this.#strokes.slice(0, -1));
  }

  /** What is drawn now, for `draw`. */
  get strokes() {
    return [...this.#strokes];
  }

  /** @param {Point[][]} strokes all there is on the pad */
  draw(strokes) {
    this.#strokes = strokes;
    this.blank();
    for (const points of this.#strokes) {
      this.#dot(points[0]);
      for (let i = 1; i < points.length; i++) this.#segment(points, i);
      this.#finish(points);
    }
  }

  /**
   * The drawing as a data URI of a PNG, `side` pixels wide.
   *
   * @param {number} side
   */
  snapshot(side) {
    const small = make("canvas", { width: side, height: side });
    const target = contextOf(small);
    target.imageSmoothingQuality = "high";
    target.drawImage(this.#canvas, 0, 0, side, side);
    return small.toDataURL();
  }

  /** @param {string} pixels base64 of a digit */
  showDigit(pixels) {
    const small = digitCanvas();
    paint(small, pixels);
    this.context.imageSmoothingEnabled = false;
    this.context.drawImage(small, 0, 0, PAD, PAD);
  }

  /**
   * @param {HTMLImageElement} image
   * @returns {Area} where it stands on the pad
   */
  showPicture(image) {
    const scale = PAD / Math.max(image.width, image.height);
    const [width, height] = [image.width * scale, image.height * scale];
    const [left, top] = [(PAD - width) / 2, (PAD - height) / 2];
    this.context.imageSmoothingEnabled = scale < CRISP;
    this.context.drawImage(image, left, top, width, height);
    return { left, top, width, height };
  }

  /** @param {PointerEvent} event */
  #begin(event) {
    const current = this.#current;
    // A second finger is a pinch: it draws nothing, and takes back what the first one began. A
    // hand that rests beside a pen is none.
    if (current?.type === "touch" && event.pointerType === "touch") return this.#drop(current);
    if (event.button !== 0 || current || !event.isPrimary) return;
    event.preventDefault();
    this.#canvas.setPointerCapture(event.pointerId);
    const before = this.context.getImageData(0, 0, PAD, PAD);
    const undo = this.#options.onstart();
    if (this.isEmpty) this.blank();
    const points = [this.#position(event)];
    this.#current = { id: event.pointerId, type: event.pointerType, points, before, undo };
    this.#strokes.push(points);
    this.#dot(points[0]);
  }

  /** @param {PointerEvent} event */
  #grow(event) {
    if (!this.#current || event.pointerId !== this.#current.id) return;
    const { points } = this.#current;
    const moments = event.getCoalescedEvents?.() ?? [];
    for (const moment of moments.length ? moments : [event]) {
      const point = this.#position(moment);
      const last = points[points.length - 1];
      if (Math.hypot(point.x - last.x, point.y - last.y) < 1) continue;
      points.push(point);
      this.#segment(points, points.length - 1);
    }
    if (points.length > 1) this.#options.onmove(event);
  }

  /** @param {PointerEvent} event */
  #lift(event) {
    const current = this.#current;
    if (!current || event.pointerId !== current.id) return;
    if (current.points.length < TAP && this.#options.ontap(event)) return this.#drop(current);
    this.#finish(current.points);
    this.#current = null;
    this.#options.onend();
  }

  /**
   * The stroke under way was none: all is as it was before.
   *
   * @param {Stroke} stroke
   */
  #drop({ before, undo }) {
    this.#strokes.pop();
    this.#current = null;
    this.context.putImageData(before, 0, 0);
    undo();
    this.#options.ondrop();
  }

  /** @param {PointerEvent} event */
  #position({ clientX, clientY, pointerType, pressure }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    const force = pointerType === "pen" && pressure > 0 ? pressure : 0.5;
    const [x, y] = [((clientX - left) * PAD) / width, ((clientY - top) * PAD) / height];
    return { x, y, width: PEN * (0.6 + 0.8 * force) };
  }

  /**
   * From the middle of one pair of points to the middle of the next, bent by the point between: a
   * smooth line however far apart the events are.
   *
   * @param {Point[]} points
   * @param {number} i of the newest of the three
   */
  #segment(points, i) {
    const [a, b, c] = [points[i - 2] ?? points[i - 1], points[i - 1], points[i]];
    this.context.lineWidth = b.width;
    this.context.beginPath();
    this.context.moveTo((a.x + b.x) / 2, (a.y + b.y) / 2);
    this.context.quadraticCurveTo(b.x, b.y, (b.x + c.x) / 2, (b.y + c.y) / 2);
    this.context.stroke();
  }

  /** @param {Point} point */
  #dot({ x, y, width }) {
    this.context.beginPath();
    this.context.arc(x, y, width / 2, 0, 2 * Math.PI);
    this.context.fill();
  }

  /** @param {Point[]} points */
  #finish(points) {
    const b = points[points.length - 1];
    const a = points[points.length - 2] ?? b;
    this.context.lineWidth = b.width;
    this.context.beginPath();
    this.context.moveTo((a.x + b.x) / 2, (a.y + b.y) / 2);
    this.context.lineTo(b.x, b.y);
    this.context.stroke();
  }
}
