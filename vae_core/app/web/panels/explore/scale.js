// The scale that sliders are shown in: the prior's sigmas, or its quantiles.

import { fixed, signed } from "../../core/numbers.js";
import { phi, quantileOf } from "../../core/prior.js";
import { keep, openedWith } from "../../core/state.js";
import { RANGE } from "./code.js";

/**
 * @typedef {object} Scale
 * @property {string} name
 * @property {[number, number, number]} range lowest, highest and step of a slider
 * @property {(value: number) => number} toInput
 * @property {(position: number) => number} fromInput
 * @property {(value: number) => string} readout
 */

/** @type {Scale} */
const sigma = {
  name: "sigma",
  range: [-RANGE, RANGE, 0.01],
  toInput: (value) => value,
  fromInput: (position) => position,
  readout: (value) => signed(value),
};

/** @type {Scale} */
const quantile = {
  name: "quantile",
  range: [0.01, 99.99, 0.01],
  toInput: (value) => 100 * phi(value),
  fromInput: (position) => quantileOf(position / 100, RANGE),
  readout(value) {
    const below = 100 * phi(value);
    return `${fixed(below, below < 1 || below > 99 ? 2 : 1)} %`;
  },
};

/** @type {Record<string, Scale>} */
export const SCALES = { sigma, quantile };

/** The chooser, and the scale that is shown: at first the one that the address asks for. */
export class ScaleChooser {
  #chooser;
  current = SCALES[openedWith("scale") ?? ""] ?? sigma;

  /**
   * @param {HTMLSelectElement} chooser
   * @param {() => void} onchange by hand
   */
  constructor(chooser, onchange) {
    this.#chooser = chooser;
    chooser.value = this.current.name;
    chooser.addEventListener("change", () => {
      this.show(SCALES[chooser.value]);
      onchange();
    });
  }

  /** As the address has it. */
  arrive() {
    this.show(SCALES[openedWith("scale") ?? ""] ?? sigma);
  }

  /** @param {Scale} scale */
  show(scale) {
    this.current = scale;
    this.#chooser.value = scale.name;
    keep({ scale: scale === sigma ? null : scale.name });
  }
}
