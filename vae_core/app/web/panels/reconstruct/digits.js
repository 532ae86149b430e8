// The digit, its reconstruction, their difference and other draws, with what a classifier reads.

import { countOf, digitAt, unpack } from "../../core/bytes.js";
import { number, rank } from "../../core/numbers.js";
import { readingMark, readingSentence, readingWords } from "../../core/readings.js";
import { digitCanvas, empty, paint, paintColours, shade } from "../../draw/digit.js";
import { find, findAll, resize } from "../../parts/nodes.js";
import { costOf } from "./costs.js";

/** @import { Reading, Reconstruction } from "../../core/types.js" */

const OFF = 0.999; // costlier than all but ten of the 10,000 test digits
const [ADDED, MISSING, SPREAD] = [
  [255, 122, 60],
  [70, 170, 255],
  [230, 226, 160],
];

/** @param {HTMLElement} root of the panel */
const canvasesOf = (root) => ({
  input: find(root, "[data-testid=model-input]", HTMLCanvasElement),
  output: find(root, "[data-testid=reconstruction]", HTMLCanvasElement),
  difference: find(root, ".difference", HTMLCanvasElement),
  spread: find(root, ".spread", HTMLCanvasElement),
});

/** @typedef {ReturnType<typeof canvasesOf>} Canvases */

export class Digits {
  #root;

  /** @param {HTMLElement} root of the panel */
  constructor(root) {
    this.#root = root;
    this.canvases = canvasesOf(root);
  }

  /** @param {Reconstruction} answer */
  show(answer) {
    const { input, output, difference } = this.canvases;
    this.#root.classList.remove("is-empty");
    paint(input, answer.input);
    if (answer.gap) shade(input, unpack(answer.gap));
    paint(output, answer.reconstruction);
    // Signed bytes as colour on the digit's black: what was added, what is missing.
    const signed = new Int8Array(unpack(answer.difference).buffer);
    paintColours(difference, signed, (v) => (v > 0 ? [...ADDED, v / 127] : [...MISSING, -v / 127]));
    find(this.#root, ".mse").textContent = `mse ${number(answer.mse, 2)}`;
    this.#showVerdict(answer);
    this.#showReadings(answer.readings);
    this.#showOwn(answer.own);
    this.#showDraws(answer);
  }

  /** One sentence for who listens, once all is there: what was read, what came back, its cost. */
  speak(/** @type {Reconstruction} */ { readings, shares_below }) {
    const [before, after] = (readings ?? []).map(readingWords);
    const dear = costOf(shares_below);
    const words = [];
    if (before) words.push(`The digit ${before}, its reconstruction ${after}.`);
    if (dear !== null) words.push(`It costs ${rank(dear)} of the test digits.`);
    find(this.#root, ".spoken").textContent = words.join(" ");
  }

  /** Nothing to show until the next answer. */
  clear() {
    for (const canvas of findAll(this.#root, "canvas.digit", HTMLCanvasElement)) empty(canvas);
    this.#root.classList.add("is-empty");
    for (const place of [".verdict", ".spoken"]) find(this.#root, place).textContent = "";
    find(this.#root, ".off-map").hidden = true;
    this.#showReadings(null);
    this.#showOwn(null);
  }

  /**
   * The digitizer's words, or why this is off the map: what the judge, the reader and the cost say.
   *
   * @param {Reconstruction} answer
   */
  #showVerdict({ shares_below, odd, readings, verdict }) {
    const dear = costOf(shares_below) ?? 0;
    const reasons = [];
    if (odd || readings?.[0].digit === null) reasons.push("this does not look like a digit");
    if (dear >= OFF) reasons.push(`it costs ${rank(dear)} of the test digits`);
    const place = find(this.#root, ".off-map");
    place.hidden = !reasons.length;
    place.textContent = `Off the map: ${reasons.join(", and ")}.`;
    find(this.#root, ".verdict").textContent = odd ? "" : verdict;
  }

  /** @param {Reading[] | null} readings of the digit and of its reconstruction */
  #showReadings(readings) {
    for (const place of findAll(this.#root, "[data-reads]")) {
      const reading = readings?.[Number(place.dataset.reads)];
      place.textContent = reading ? readingSentence(reading) : "";
      place.title = "Read by an independent classifier, which knows nothing of this model";
    }
  }

  /** @param {Reading | null} own what the model itself makes of the code, where its prior knows digits */
  #showOwn(own) {
    const place = find(this.#root, ".own-reading");
    place.hidden = !own;
    place.textContent = own ? `The model itself: ${readingMark(own)}.` : "";
  }

  /** @param {Reconstruction} answer */
  #showDraws({ draws, spread, spread_peak: peak }) {
    const bytes = unpack(draws);
    const row = find(this.#root, ".draws");
    resize(row, countOf(bytes), () => digitCanvas());
    for (const [i, canvas] of findAll(row, "canvas", HTMLCanvasElement).entries()) {
      paint(canvas, digitAt(bytes, i));
    }
    paintColours(this.canvases.spread, unpack(spread), (v) => [...SPREAD, v / 255]);
    find(this.#root, ".peak").textContent = `up to ${number(peak, 2)}`;
  }
}
