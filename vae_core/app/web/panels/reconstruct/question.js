// What is asked about a picture: the picture, what was set by hand for it, which code is decoded.

import { within } from "../../core/address.js";

/** @import { Damage, Digitized, DigitizerOptions, Picture, Reconstruction } from "../../core/types.js" */

export const DRAWS = 8; // of the code that are shown

/**
 * What came in last.
 *
 * @typedef {object} Current
 * @property {Picture} picture
 * @property {string} source
 * @property {string | null} [file]
 * @property {number} [place] of an example
 */

export class Question {
  /** @type {Current | null} */
  current = null;
  /** @type {DigitizerOptions} */
  options = {}; // only what was set by hand
  code = "mean";
  seed = 1;
  /** @type {{ digit: string, found: Digitized } | null} */
  #arrived = null; // what the digitizer made of the picture

  /** Whether the picture was digitized with these options. */
  get hasArrived() {
    return this.#arrived !== null;
  }

  /** Base64 of the digit that the picture became, undamaged. */
  get digit() {
    return this.#arrived?.digit ?? "";
  }

  /**
   * Another picture: what was set by hand for the last one does not concern it.
   *
   * @param {Current | null} current
   */
  take(current) {
    this.current = current;
    this.digitizeWith({});
  }

  /** @param {DigitizerOptions} options */
  digitizeWith(options) {
    this.options = options;
    this.#arrived = null;
  }

  /**
   * A knob was turned.
   *
   * @param {keyof DigitizerOptions} name
   * @param {string | number} value "auto" for a knob that was set back
   */
  adjust(name, value) {
    const { [name]: _, ...others } = this.options;
    this.digitizeWith(value === "auto" ? others : { ...others, [name]: value });
  }

  /**
   * Take back the choice among several digits, where the threshold left fewer than there were.
   *
   * @returns {boolean} whether there was one
   */
  unchoose() {
    const { choose, ...others } = this.options;
    if (choose === undefined || others.threshold === undefined) return false;
    this.options = others;
    return true;
  }

  /** @param {string | null} text which code is decoded, as an address spells it: "draw:3" */
  readCode(text) {
    const [code, seed] = (text ?? "").split(":");
    this.code = code === "draw" ? code : "mean";
    this.seed = within(seed, 1, 1e9, 1, { whole: true });
  }

  /** The same for an address; null for the mean. */
  spellCode() {
    return this.code === "draw" ? `draw:${this.seed}` : null;
  }

  /** Another draw of the code. */
  drawAgain() {
    this.seed++;
  }

  /**
   * An answer with what the digitizer said when the picture arrived.
   *
   * @param {Reconstruction} answer
   * @returns {{ answer: Reconstruction, isNew: boolean }} isNew: the picture was digitized for it
   */
  complete(answer) {
    const isNew = !this.#arrived;
    this.#arrived ??= { digit: answer.whole ?? answer.input, found: answer };
    const { verdict, odd, stages, threshold, source, boxes, chosen } = this.#arrived.found;
    const found = { verdict, odd, stages, threshold, source, boxes, chosen };
    return { answer: { ...answer, ...found }, isNew };
  }

  /**
   * The picture once, to be digitized; from then on the 784 bytes that it became.
   *
   * @param {string} checkpoint
   * @param {Damage | null} damage
   */
  request(checkpoint, damage) {
    const how = { code: this.code, seed: this.seed, draws: DRAWS };
    if (this.#arrived) {
      const options = { ...how, damage, stages: false };
      return { checkpoint, picture: { digit: this.digit }, options };
    }
    const { picture, source } = this.current ?? { picture: "", source: "" };
    const options = { ...this.#digitizing(source, damage), ...how };
    return { checkpoint, picture, options };
  }

  /**
   * A drawing that is still growing.
   *
   * @param {string} checkpoint
   * @param {Picture} picture
   * @param {Damage | null} damage
   */
  drawing(checkpoint, picture, damage) {
    const options = { ...this.#digitizing("drawing", damage), choose: null };
    return { checkpoint, picture, options };
  }

  /**
   * What was set by hand, and what is known of a picture beyond that: the pad's ink is light, and a
   * picture that is no digit is shown all the same.
   *
   * @param {string} source
   * @param {Damage | null} damage
   */
  #digitizing(source, damage) {
    const pad = source === "drawing" ? { polarity: "light" } : {};
    return { odd: "show", ...pad, ...this.options, ...(damage ? { damage } : {}) };
  }
}
