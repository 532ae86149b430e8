// The grid of draws: buttons with a digit each, as large as the window allows.

import { digitAt } from "../../core/bytes.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { attributes, button, findAll, resize } from "../../parts/nodes.js";
import { onResize } from "../../parts/resized.js";

/** @import { Bytes } from "../../core/bytes.js" */

const NARROW = 600; // pixels: a phone, where tiny cells help nobody and the page may scroll
const [MOST_COLUMNS, LARGEST, LOWEST] = [6, 224, 280];
const FULL_ROW = 1.15; // what a full last row is worth, as a share of the size
const LIFTED = 140; // pixels of a cell under the pointer

/**
 * The layout that makes `count` cells largest in a room.
 *
 * @param {number} count
 * @param {number} wide pixels
 * @param {number} high pixels
 * @returns {{ columns: number, size: number }}
 */
export function layout(count, wide, high) {
  if (wide < NARROW) {
    const columns = Math.min(MOST_COLUMNS, Math.ceil(Math.sqrt(count)));
    return { columns, size: wide / columns };
  }
  let best = { columns: 1, size: 0, score: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const size = Math.min(wide / columns, high / Math.ceil(count / columns));
    const score = size * (count % columns === 0 ? FULL_ROW : 1);
    if (score > best.score) best = { columns, size, score };
  }
  return { columns: best.columns, size: Math.min(best.size, LARGEST) };
}

export class Grid {
  #element;
  #onpress;
  #columns = 1;

  /**
   * @param {HTMLElement} element
   * @param {(place: number, event: MouseEvent) => void} onpress
   */
  constructor(element, onpress) {
    this.#element = element;
    this.#onpress = onpress;
    if (element.parentElement) onResize(element.parentElement, () => this.#fit());
    window.addEventListener("resize", () => this.#fit());
  }

  get canvases() {
    return findAll(this.#element, "canvas", HTMLCanvasElement);
  }

  /** The canvases as they are laid out. */
  get rows() {
    const all = this.canvases;
    const count = Math.ceil(all.length / this.#columns);
    return Array.from({ length: count }, (_, row) =>
      all.slice(row * this.#columns, (row + 1) * this.#columns),
    );
  }

  /**
   * @param {Bytes} pixels of all digits
   * @param {number} count
   * @param {boolean} hasCentre whether the first is what the others were drawn around
   */
  show(pixels, count, hasCentre) {
    resize(this.#element, count, (place) => this.#cell(place));
    for (const [place, canvas] of this.canvases.entries()) paint(canvas, digitAt(pixels, place));
    for (const cell of this.#element.children) cell.removeAttribute("aria-description");
    this.#element.firstElementChild?.classList.toggle("centre", hasCentre);
    this.#fit();
  }

  /**
   * What a classifier reads in a draw.
   *
   * @param {number} place
   * @param {string} words
   */
  describe(place, words) {
    this.#element.children[place]?.setAttribute("aria-description", words);
  }

  /** @param {number} place */
  #cell(place) {
    const made = button(digitCanvas("", ""), {}, (event) => this.#onpress(place, event));
    return attributes(made, { "aria-label": `sample ${place + 1}` });
  }

  #fit() {
    const count = Math.max(1, this.#element.children.length);
    const wide = this.#element.parentElement?.clientWidth ?? 0;
    const top = this.#element.getBoundingClientRect().top + window.scrollY;
    const high = Math.max(LOWEST, window.innerHeight - top - 24);
    const { columns, size } = layout(count, wide, high);
    this.#columns = columns;
    const { style } = this.#element;
    style.setProperty("--columns", String(columns));
    style.setProperty("--width", `${size * columns}px`);
    style.setProperty("--lift", String(Math.max(1.15, Math.min(3, LIFTED / size))));
  }
}
