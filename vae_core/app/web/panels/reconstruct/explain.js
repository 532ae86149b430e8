// "What am I seeing?" of Reconstruct, with the figures of the chosen model.

import { isNumber, number, whole } from "../../core/numbers.js";
import { bold, joined, num, text } from "../../parts/nodes.js";

/** @import { Costs, Model } from "../../core/types.js" */

/** @param {number} value */
const figure = (value) => num(number(value));

/**
 * @param {Model} model
 * @param {Costs | null} medians medians of the test digits, while a digit is on show
 * @returns {(Node | string)[]}
 */
export function explain({ name, latent_dim: d, variational }, medians) {
  const how = text`The picture becomes a 28 × 28 digit as MNIST's were made. The encoder of ${bold(name)} answers with `;
  const size = num(whole(d));
  if (!variational) {
    return joined([
      text`${how}one code of ${size} numbers, and the decoder paints the digit again from it.`,
      "It never learnt to be unsure, so there is no cloud, and nothing to draw.",
    ]);
  }
  const parts = [
    text`${how}a cloud of codes, mean ± sigma for each of ${size} numbers, and the decoder paints the digit again from one of them.`,
    "Where a bar is short the encoder is sure; where it fills the grey band it knows no more than the prior.",
  ];
  if (medians && isNumber(medians.rate)) {
    parts.push(
      text`Half of the test digits cost this model less than ${figure(medians.distortion)} of distortion above the entropy of their greys, and half less than ${figure(medians.rate)} nats of rate.`,
    );
  }
  return joined(parts);
}
