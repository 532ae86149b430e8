// The way as two strips: digits along the latent path, and the cross-fade of the two pictures.

import { crossFade, digitAt } from "../../core/bytes.js";
import { readingSentence, shortReading } from "../../core/readings.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { button, find, findAll, make, resize } from "../../parts/nodes.js";

/** @import { Bytes } from "../../core/bytes.js" */
/** @import { Reading } from "../../core/types.js" */

/** @typedef {{ z: number[][], pixels: Bytes, readings: Reading[] | null }} Way */

export class WayStrips {
  #root;
  #onpress;
  /** @type {Way | null} */
  #way = null;

  /**
   * @param {HTMLElement} root of the panel
   * @param {(t: number, event: Event) => void} onpress a step was pressed
   */
  constructor(root, onpress) {
    this.#root = root;
    this.#onpress = onpress;
  }

  /** What is on show, null before the first answer. */
  get way() {
    return this.#way;
  }

  /** Both strips as rows of canvases. */
  get rows() {
    return [this.#latent, this.#pixel].map((row) => findAll(row, "canvas", HTMLCanvasElement));
  }

  get #latent() {
    return find(this.#root, ".strip.latent");
  }

  get #pixel() {
    return find(this.#root, ".strip.pixel");
  }

  /**
   * @param {Way} way
   * @param {Bytes} a
   * @param {Bytes} b
   */
  show(way, a, b) {
    this.#way = way;
    const count = way.z.length;
    this.#root.style.setProperty("--count", String(count));
    resize(this.#latent, count, (place) => this.#frame(place));
    resize(this.#pixel, count, () => digitCanvas());
    const [latent, pixel] = this.rows;
    for (let i = 0; i < count; i++) {
      paint(latent[i], digitAt(way.pixels, i));
      paint(pixel[i], crossFade(a, b, i / (count - 1)));
      this.#showReading(this.#latent.children[i], i, way.readings?.[i]);
    }
  }

  /**
   * The reading of the step nearest to a place.
   *
   * @param {number} t 0 to 1
   */
  readingAt(t) {
    return this.#way?.readings?.[this.#nearest(t)];
  }

  /**
   * Mark the step that is nearest to a place.
   *
   * @param {number} t 0 to 1
   */
  mark(t) {
    if (!this.#way) return;
    const near = this.#nearest(t);
    for (const row of [this.#latent, this.#pixel]) {
      [...row.children].forEach((frame, i) => {
        frame.classList.toggle("is-near", i === near);
      });
    }
  }

  /** @param {number} t */
  #nearest(t) {
    return Math.round(t * ((this.#way?.z.length ?? 1) - 1));
  }

  /** @param {number} place */
  #frame(place) {
    return button([digitCanvas(), make("span")], {}, (event) => {
      this.#onpress(place / ((this.#way?.z.length ?? 2) - 1), event);
    });
  }

  /**
   * What the classifier reads in a frame, the paler the less it is sure.
   *
   * @param {Element} frame
   * @param {number} place
   * @param {Reading | undefined} reading
   */
  #showReading(frame, place, reading) {
    const mark = find(frame, "span");
    const words = reading ? readingSentence(reading) : "";
    mark.textContent = reading ? shortReading(reading) : "";
    mark.style.opacity = reading ? String(0.45 + 0.55 * reading.sure) : "";
    frame.setAttribute("title", words);
    const label = `Step ${place + 1} of ${this.#way?.z.length}`;
    frame.setAttribute("aria-label", words ? `${label}. ${words}` : label);
  }
}
