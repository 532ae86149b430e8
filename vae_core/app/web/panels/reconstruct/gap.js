// What could have stood in a gap: a moment later than the rest, since it is a hundred passes.

import { countOf, digitAt, squaredError, unpack } from "../../core/bytes.js";
import { number, percent } from "../../core/numbers.js";
import { readAs } from "../../core/readings.js";
import { requests } from "../../core/requests.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { find, make, num, text } from "../../parts/nodes.js";

/** @import { Model, Reading, Reconstruction } from "../../core/types.js" */

const PAUSE_MS = 200;

/**
 * @typedef {{
 *   answers: string, average: string, readings: Reading[] | null, acceptance: number | null,
 * }} Filled `acceptance` of proposed codes, 0 to 1
 */

export class Gap {
  #box;
  #ask;
  #requests;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} root of the panel
   * @param {() => unknown} about what is on show: with it go the answers
   * @param {() => Promise<Filled>} ask
   */
  constructor(root, about, ask) {
    this.#box = find(root, ".gap-part");
    this.#ask = ask;
    this.#requests = requests({
      about,
      onerror: (sentence) => {
        find(this.#box, ".gap-row").replaceChildren();
        find(this.#box, ".gap-note").textContent = sentence;
      },
    });
  }

  clear() {
    clearTimeout(this.#timer);
    this.#requests.drop();
    this.#box.hidden = true;
  }

  /**
   * @param {Model} model
   * @param {Reconstruction} answer
   */
  showSoon(model, answer) {
    clearTimeout(this.#timer);
    this.#box.hidden = !answer.gap || !unpack(answer.gap).some(Boolean);
    if (this.#box.hidden) return;
    this.#timer = setTimeout(() => {
      this.#requests.ask(async (still) => this.#show(model, answer, await still(this.#ask())));
    }, PAUSE_MS);
  }

  /**
   * @param {Model} model
   * @param {Reconstruction} answer
   * @param {Filled} filled
   */
  #show({ name }, { whole }, { answers, average, readings, acceptance }) {
    const bytes = unpack(answers);
    const count = countOf(bytes);
    const figures = Array.from({ length: count }, (_, i) => {
      const read = readings ? readAs(readings[i]) : "";
      const canvas = digitCanvas(`Answer ${i + 1} of ${count}${read && `, read as ${read}`}`);
      paint(canvas, digitAt(bytes, i));
      const caption = make("figcaption", { className: "num", textContent: read });
      return make("figure", {}, canvas, caption);
    });
    find(this.#box, ".gap-row").replaceChildren(...figures);
    const error = num(number(squaredError(whole ?? "", average), 2));
    find(this.#box, ".gap-note").replaceChildren(
      text`${how(name, acceptance)} Beneath each answer, what the classifier reads. Their average is off by a mean squared error of ${error}.`,
    );
  }
}

/**
 * What the chains did.
 *
 * @param {string} name of the model
 * @param {number | null} acceptance
 */
function how(name, acceptance) {
  if (acceptance === null)
    return text`Each chain of ${name} starts elsewhere, then encodes and decodes in turn.`;
  return text`Metropolis within Gibbs: each chain of ${name} starts elsewhere, draws z from q and the missing pixels in turn, and in the second half keeps a new z only as far as p(x, z) bears it out. ${num(`${percent(acceptance)} %`)} were accepted; few means that q, taken at its word, would have led astray.`;
}
