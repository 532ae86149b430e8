// "What am I seeing?" of Explore, with the figures of the chosen model.

import { isNumber, number, whole } from "../../core/numbers.js";
import { bold, joined, num, text } from "../../parts/nodes.js";
import { costOfADigit, sureness } from "../../parts/words.js";
import { LONG, SHOWN } from "./rows.js";

/** @import { Model } from "../../core/types.js" */

/** @param {number} value */
const figure = (value) => num(number(value));
/** @param {number} value */
const count = (value) => num(whole(value));

/**
 * @param {Model} model
 * @returns {(Node | string)[]}
 */
export const explain = (model) =>
  joined([...slidersOf(model), ...orderOf(model), ...flowOf(model), costOfADigit(model)]);

/** @param {Model} model */
function slidersOf(model) {
  const { name, latent_dim: d, variational, metrics, words } = model;
  /** @type {(Node | string)[]} */
  const parts = [
    words
      ? text`Here stand the ${count(d)} sliders of ${bold(name)}. ${words.sliders}`
      : variational
        ? text`Each slider is one of the ${count(d)} numbers z from which the decoder of ${bold(name)} paints a digit; 0 is the mean of the prior, and 95 of 100 draws of a number lie within ±2.`
        : text`Each slider is one of the ${count(d)} numbers of the code from which ${bold(name)} paints a digit. A plain autoencoder has no prior: a Gaussian was fitted to its codes afterwards, and a slider counts that Gaussian's standard deviations from the mean code; between the codes of real digits nothing has to mean anything.`,
  ];
  if (model.slow) {
    parts.push(
      "This decoder paints pixel by pixel, each one given z and all pixels before it: a picture takes its time, comes when the slider rests, and there are no filmstrips.",
    );
  }
  if (d > LONG) {
    parts.push(
      text`The ${count(SHOWN)} that move the picture most stand here; the others are folded away beneath.`,
    );
  }
  if (!variational && isNumber(metrics?.mse)) {
    parts.push(
      text`Its reconstructions of the test digits are off by a mean squared error of ${figure(metrics.mse)} a pixel.`,
    );
  }
  if (model.takes_labels) {
    parts.push(
      "It takes the digit to paint as well: press another one, and the same numbers, which hold the handwriting, become that digit.",
    );
  }
  return parts;
}

/** @param {Model} model */
function orderOf({ kl_per_dim: kls, order }) {
  if (!kls) return [];
  const total = kls.reduce((sum, kl) => sum + kl, 0);
  const [top] = order;
  return [
    text`They stand in the order of how much the encoder says through them: ${num(`z${top}`)} carries ${figure(kls[top])} nats a test digit, all together ${figure(total)}.`,
  ];
}

/** @param {Model} model */
function flowOf(model) {
  const hasFlow = model.prior === "flow";
  /** @type {(Node | string)[]} */
  const parts = [];
  if (hasFlow) {
    parts.push(
      "This model learned its prior too: a flow turns the noise that the sliders set into codes that lie nearly where those of real digits do, not wholly.",
      sureness(model),
    );
  }
  if (hasFlow && model.moves) {
    parts.push(
      "N(0, I) is rotation-invariant, so after training its sliders were rotated to follow measured traits of a digit: one with a name follows that trait.",
    );
  }
  if (model.moves) {
    parts.push(
      "They stand in the order of how much they move the picture, which the bar under each name shows.",
    );
  }
  return parts;
}
