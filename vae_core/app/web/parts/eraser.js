// Pixels rubbed out of a digit with a finger, a mouse or the arrow keys.

import { AREA, SIDE } from "../core/bytes.js";
import { shade } from "../draw/digit.js";

const REACH = 1.7; // radius of the rubber, in model pixels
const MIDDLE = SIDE / 2 - 0.5;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @typedef {[number, number]} Place x and y in model pixels */

/** Which pixels are rubbed out. */
export class Mask {
  bytes = new Uint8Array(AREA);

  get isEmpty() {
    return !this.bytes.some(Boolean);
  }

  clear() {
    this.bytes.fill(0);
  }

  /**
   * Rub along a line.
   *
   * @param {Place} from
   * @param {Place} to
   * @returns {boolean} whether a pixel is new
   */
  rub([fromX, fromY], [x, y]) {
    const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY)));
    let fresh = false;
    for (let i = 1; i <= steps; i++) {
      const [dx, dy] = [((x - fromX) * i) / steps, ((y - fromY) * i) / steps];
      fresh = this.#dab(fromX + dx, fromY + dy) || fresh;
    }
    return fresh;
  }

  /**
   * @param {number} x
   * @param {number} y
   */
  #dab(x, y) {
    let fresh = false;
    const [top, bottom] = [Math.max(0, Math.floor(y - REACH)), Math.min(SIDE - 1, y + REACH)];
    const [left, right] = [Math.max(0, Math.floor(x - REACH)), Math.min(SIDE - 1, x + REACH)];
    for (let row = top; row <= bottom; row++) {
      for (let column = left; column <= right; column++) {
        const near = Math.hypot(column + 0.5 - x, row + 0.5 - y) <= REACH;
        if (!near || this.bytes[SIDE * row + column]) continue;
        this.bytes[SIDE * row + column] = 1;
        fresh = true;
      }
    }
    return fresh;
  }
}

/**
 * Rub on `canvas` while `isOn()` holds. Arrow keys move the rubber, Space rubs.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {{ isOn: () => boolean, onrub: () => void }} options onrub hears of every new pixel
 * @returns {Mask}
 */
export function eraser(canvas, { isOn, onrub }) {
  const mask = new Mask();
  /** @type {Place | null} */
  let last = null;
  /** @type {Place} */
  let at = [MIDDLE, MIDDLE];

  /** @param {Place} to */
  const rub = (to) => {
    const fresh = mask.rub(last ?? to, to);
    last = to;
    if (!fresh) return;
    shade(canvas, mask.bytes);
    onrub();
  };
  const lift = () => {
    last = null;
  };
  canvas.addEventListener("pointerdown", (event) => {
    if (!isOn() || event.button !== 0) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    last = null;
    rub(placeIn(canvas, event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (last && canvas.hasPointerCapture(event.pointerId)) rub(placeIn(canvas, event));
  });
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);
  canvas.addEventListener("keydown", (event) => {
    const move = ARROWS[event.key];
    if (!isOn() || (!move && event.key !== " ")) return;
    event.preventDefault();
    if (move) at = [inside(at[0] + move[0]), inside(at[1] + move[1])];
    last = null;
    if (!move || event.shiftKey) rub(at);
  });
  return mask;
}

/** @param {number} v */
const inside = (v) => Math.min(SIDE - 0.5, Math.max(0.5, v));

/**
 * @param {HTMLCanvasElement} canvas
 * @param {PointerEvent} event
 * @returns {Place}
 */
function placeIn(canvas, { clientX, clientY }) {
  const { left, top, width, height } = canvas.getBoundingClientRect();
  return [((clientX - left) * SIDE) / width, ((clientY - top) * SIDE) / height];
}
