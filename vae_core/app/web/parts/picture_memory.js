// What stood on a pad while its picture was a certain digit: a drawing as its strokes, a file as it
// was. An address holds the digit alone; undo brings back what it was drawn or cut from.

/** @import { Point } from "../draw/strokes.js" */

const MOST = 30;

/** @typedef {{ strokes: Point[][] } | { source: string }} Original */

export class PadMemory {
  /** @type {Map<string, Original>} */
  #originals = new Map();

  /**
   * @param {string} digit base64 of its 784 bytes
   * @param {Original} original
   */
  keep(digit, original) {
    this.#originals.delete(digit);
    this.#originals.set(digit, original);
    const [oldest] = this.#originals.keys();
    if (this.#originals.size > MOST && oldest !== undefined) this.#originals.delete(oldest);
  }

  /** @param {string} digit */
  find(digit) {
    return this.#originals.get(digit) ?? null;
  }
}
