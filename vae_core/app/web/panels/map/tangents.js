// The directions in which the picture changes most, as pictures that can be pulled.

import { AREA, unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { fixed, percent } from "../../core/numbers.js";
import { oneAtATime } from "../../core/one_at_a_time.js";
import { requests } from "../../core/requests.js";
import { digitCanvas, paintColours } from "../../draw/digit.js";
import { onArrowKey } from "../../parts/keys.js";
import { attributes, find, make, num, text } from "../../parts/nodes.js";

/** @import { Model, Server } from "../../core/types.js" */

/** @typedef {{ directions: number[][], pictures: string, shares: number[] }} Answer */

const COUNT = 10;
const REACH = 2; // in units of the sliders, to both sides
const KEYS = { step: 0.1, largeStep: 0.5 };
const [MORE, LESS] = [
  [255, 138, 92],
  [92, 176, 255],
]; // ink that comes and ink that goes

/**
 * @typedef {object} TangentsOptions
 * @property {Server} server
 * @property {() => { model: Model, z: number[] } | null} place null where there is none to ask for
 * @property {() => number[] | null} pulled the code off the place that is on show
 * @property {(z: number[], event: Event) => void} onpull the code that was pulled to
 */

export class Tangents {
  #box;
  #row;
  #options;
  #requests = requests({ onerror: (sentence) => this.#say(sentence) });
  /** @type {Answer | null} */
  #answer = null;
  /** @type {number[]} */
  #base = [];
  /** @type {HTMLInputElement[]} */
  #ranges = [];

  /**
   * @param {HTMLElement} root of the panel
   * @param {TangentsOptions} options
   */
  constructor(root, options) {
    this.#box = find(root, ".tangents");
    this.#row = find(this.#box, ".tangent-row");
    this.#options = options;
    this.ask = oneAtATime(() => this.#ask());
  }

  /** Another place: nothing is pulled any more. */
  release() {
    for (const range of this.#ranges) this.#show(range, 0);
  }

  async #ask() {
    const here = this.#options.place();
    if (!here || here.model.slow) {
      this.#say(here ? "This model paints pixel by pixel: its picture has no derivative." : "");
      this.#row.replaceChildren();
      return;
    }
    await this.#requests.ask(async (still) => {
      const asked = { checkpoint: here.model.name, z: here.z, count: COUNT };
      this.#answer = await still(call(this.#options.server, "tangents", asked));
      this.#base = here.z;
      this.#build();
    });
  }

  #build() {
    const { shares = [], pictures = "" } = this.#answer ?? {};
    const held = shares.reduce((sum, share) => sum + share, 0);
    this.#say("", held);
    const bytes = new Int8Array(unpack(pictures));
    const focused = this.#ranges.indexOf(/** @type {HTMLInputElement} */ (document.activeElement));
    const cards = shares.map((share, i) => this.#card(i, share, bytes));
    this.#row.replaceChildren(...cards.map(({ card }) => card));
    this.#ranges = cards.map(({ range }) => range);
    this.#ranges[focused]?.focus();
    this.#showPulled();
  }

  /** How far a code lies along each direction: they are orthonormal. */
  #showPulled() {
    const pulled = this.#options.pulled();
    const away = pulled?.map((v, dim) => v - this.#base[dim]);
    const { directions = [] } = this.#answer ?? {};
    for (const [i, range] of this.#ranges.entries()) {
      const along = away?.reduce((sum, v, dim) => sum + v * directions[i][dim], 0) ?? 0;
      this.#show(range, along);
    }
  }

  /**
   * @param {number} i
   * @param {number} share
   * @param {Int8Array} bytes
   */
  #card(i, share, bytes) {
    const canvas = digitCanvas(`Change ${i + 1}: warm pixels gain ink, cool ones lose it`);
    const picture = Int8Array.from(bytes.subarray(AREA * i, AREA * (i + 1)));
    paintColours(canvas, picture, (v) => (v > 0 ? [...MORE, v / 127] : [...LESS, -v / 127]));
    const range = make("input", { type: "range", min: -REACH, max: REACH, step: 0.01, value: 0 });
    attributes(range, {
      "aria-label": `Pull direction ${i + 1}, which holds ${percent(share, 1)} percent of all change`,
      "data-testid": `tangent-${i}`,
    });
    this.#show(range, 0);
    range.addEventListener("input", (event) => this.#pull(event));
    onArrowKey(range, KEYS, (step, event) => {
      this.#show(range, Number(range.value) + step);
      this.#pull(event);
    });
    range.addEventListener("dblclick", (event) => {
      this.#show(range, 0);
      this.#pull(event);
    });
    const words = make("figcaption", { className: "num" }, `${percent(share, 1)} %`);
    return { card: make("figure", { className: "tangent" }, canvas, words, range), range };
  }

  /** @param {HTMLInputElement} range @param {number} value */
  #show(range, value) {
    range.value = String(value);
    const [from, to] = [Math.min(0, Number(range.value)), Math.max(0, Number(range.value))];
    range.style.setProperty("--from", `${50 + (50 * from) / REACH}%`);
    range.style.setProperty("--to", `${50 + (50 * to) / REACH}%`);
    attributes(range, { "aria-valuetext": fixed(Number(range.value), 2) });
  }

  /** @param {Event} event */
  #pull(event) {
    const { directions = [] } = this.#answer ?? {};
    const pulls = this.#ranges.map((range) => {
      this.#show(range, Number(range.value));
      return Number(range.value);
    });
    const z = this.#base.map((v, dim) =>
      pulls.reduce((sum, pull, i) => sum + pull * directions[i][dim], v),
    );
    this.#options.onpull(z, event);
  }

  /** @param {string} sentence @param {number} [held] */
  #say(sentence, held) {
    const note = find(this.#box, ".tangent-note");
    if (held === undefined) note.textContent = sentence;
    else {
      const count = this.#answer?.shares.length ?? 0;
      note.replaceChildren(
        text`These ${num(count)} directions hold ${num(percent(held, 1))} % of all the change that a small step from here can make.`,
      );
    }
  }
}
