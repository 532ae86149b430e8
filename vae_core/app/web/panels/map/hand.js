// The hand on the map: point, drag, pinch, wheel, lasso and keys.

/** @import { Spot, View } from "./view.js" */

const CLICK = 5; // screen pixels that a press may move and still be one
const WHEEL = 0.0016; // of a wheel's step
const [KEY_STEP, LARGE_STEP, PAN_STEP] = [6, 40, 60]; // screen pixels
const ZOOM_STEP = 1.25;
/** @type {Record<string, Spot>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * @typedef {object} HandOptions
 * @property {View} view
 * @property {(x: number, y: number, event: Event) => void} onpoint
 * @property {(x: number, y: number, event: Event) => void} onpress a click, a tap, Enter
 * @property {() => void} onleave
 * @property {() => void} onview it moved or changed its size
 * @property {() => Spot | null} cross where the crosshair is, in screen pixels
 * @property {() => boolean} isLasso whether a drag draws a line
 * @property {(line: Spot[], isClosed: boolean) => void} onlasso
 * @property {() => void} onescape
 */

class Hand {
  #canvas;
  #options;
  /** @type {Map<number, Spot>} */
  #down = new Map();
  /** @type {Spot} */
  #start = [0, 0];
  #hasMoved = false;
  /** @type {Spot[]} */
  #line = [];

  /**
   * @param {HTMLCanvasElement} canvas
   * @param {HandOptions} options
   */
  constructor(canvas, options) {
    this.#canvas = canvas;
    this.#options = options;
    canvas.addEventListener("pointerdown", (event) => this.#press(event));
    canvas.addEventListener("pointermove", (event) => this.#move(event));
    canvas.addEventListener("pointerup", (event) => this.#lift(event));
    canvas.addEventListener("pointercancel", (event) => this.#drop(event));
    canvas.addEventListener("pointerleave", (event) => {
      if (event.pointerType === "mouse" && !this.#down.size) options.onleave();
    });
    canvas.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  /**
   * @param {MouseEvent} event
   * @returns {Spot}
   */
  #at(event) {
    const { left, top } = this.#canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }

  /** @param {PointerEvent} event */
  #press(event) {
    if (event.button !== 0) return;
    this.#canvas.setPointerCapture(event.pointerId);
    const at = this.#at(event);
    this.#down.set(event.pointerId, at);
    if (this.#down.size > 1) {
      this.#line = [];
      return;
    }
    [this.#start, this.#hasMoved] = [at, false];
    if (this.#options.isLasso()) this.#line = [at];
    else if (event.pointerType !== "mouse") this.#options.onpoint(...at, event);
  }

  /** @param {PointerEvent} event */
  #move(event) {
    const at = this.#at(event);
    const before = this.#down.get(event.pointerId);
    if (!before) {
      if (!this.#options.isLasso()) this.#options.onpoint(...at, event);
      return;
    }
    const [dx, dy] = [at[0] - before[0], at[1] - before[1]];
    if (Math.hypot(at[0] - this.#start[0], at[1] - this.#start[1]) > CLICK) this.#hasMoved = true;
    if (this.#down.size > 1) this.#pinch(event.pointerId, at);
    else if (this.#line.length) this.#draw(at);
    else if (event.pointerType !== "mouse") this.#options.onpoint(...at, event);
    else if (this.#hasMoved) {
      this.#options.view.pan(dx, dy);
      this.#options.onview();
    }
    this.#down.set(event.pointerId, at);
  }

  /** @param {Spot} at */
  #draw(at) {
    this.#line.push(at);
    this.#options.onlasso(this.#line, false);
  }

  /**
   * Two fingers move the map and change its size.
   *
   * @param {number} id of the one that moved
   * @param {Spot} at
   */
  #pinch(id, at) {
    const before = this.#down.get(id);
    const other = [...this.#down].find(([key]) => key !== id)?.[1];
    if (!before || !other) return;
    const { view, onview } = this.#options;
    const distance = (/** @type {Spot} */ [x, y]) => Math.hypot(x - other[0], y - other[1]);
    view.pan((at[0] - before[0]) / 2, (at[1] - before[1]) / 2);
    const [x, y] = [(at[0] + other[0]) / 2, (at[1] + other[1]) / 2];
    view.zoomAt(distance(at) / Math.max(1, distance(before)), x, y);
    onview();
  }

  /** @param {PointerEvent} event */
  #lift(event) {
    if (!this.#down.delete(event.pointerId) || this.#down.size) return;
    if (this.#line.length > 2) this.#options.onlasso(this.#line, true);
    else if (!this.#hasMoved || event.pointerType !== "mouse") {
      this.#options.onpress(...this.#at(event), event);
    }
    this.#line = [];
  }

  /** @param {PointerEvent} event */
  #drop({ pointerId }) {
    this.#down.delete(pointerId);
    this.#line = [];
    this.#options.onlasso([], false);
  }

  /** @param {WheelEvent} event */
  #wheel(event) {
    event.preventDefault();
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 20 : 1;
    this.#options.view.zoomAt(Math.exp(-event.deltaY * lines * WHEEL), ...this.#at(event));
    this.#options.onview();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const { view, onview, onescape, cross, onpress } = this.#options;
    const arrow = ARROWS[event.key];
    const at = cross();
    /** @type {Record<string, () => void>} */
    const keys = {
      "+": () => view.zoomAt(ZOOM_STEP, ...(at ?? [])),
      "=": () => view.zoomAt(ZOOM_STEP, ...(at ?? [])),
      "-": () => view.zoomAt(1 / ZOOM_STEP, ...(at ?? [])),
      0: () => view.fit(),
      Escape: onescape,
      Enter: () => at && onpress(...at, event),
    };
    if (!arrow && !keys[event.key]) return;
    event.preventDefault();
    if (arrow) return this.#arrow(arrow, event);
    keys[event.key]();
    onview();
  }

  /**
   * Shift moves the map; alone an arrow moves the crosshair, which the map follows at its edge.
   *
   * @param {Spot} direction
   * @param {KeyboardEvent} event
   */
  #arrow([dx, dy], event) {
    const { view, onview, cross, onpoint } = this.#options;
    if (event.shiftKey) {
      view.pan(-PAN_STEP * dx, -PAN_STEP * dy);
      return onview();
    }
    const step = event.repeat ? 2 * KEY_STEP : KEY_STEP;
    const [x, y] = cross() ?? [view.width / 2, view.height / 2];
    const to = [x + step * dx, y + step * dy];
    const over = [outside(to[0], view.width), outside(to[1], view.height)];
    if (over[0] || over[1]) {
      view.pan(-over[0], -over[1]);
      onview();
    }
    onpoint(to[0] - over[0], to[1] - over[1], event);
  }
}

/**
 * How far a place lies beyond an edge, some room before it.
 *
 * @param {number} v
 * @param {number} length
 */
const outside = (v, length) => Math.min(0, v - LARGE_STEP) + Math.max(0, v - length + LARGE_STEP);

/**
 * @param {HTMLCanvasElement} canvas
 * @param {HandOptions} options
 */
export const handOn = (canvas, options) => new Hand(canvas, options);
