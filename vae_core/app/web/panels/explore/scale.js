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

/**
 * The chooser, and the scale that the address asks for.
 *
 * @param {HTMLSelectElement} chooser
 * @param {(scale: Scale) => void} onchange
 */
export function scaleChooser(chooser, onchange) {
  const opened = SCALES[openedWith("scale") ?? ""] ?? sigma;
  chooser.value = opened.name;
  chooser.addEventListener("change", () => {
    const { name } = SCALES[chooser.value];
    keep({ scale: name === "sigma" ? null : name });
    onchange(SCALES[name]);
  });
  return opened;
}
