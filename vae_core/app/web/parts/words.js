// Sentences about a model's figures, the same on every panel.

import { fixed, isNumber, number, whole } from "../core/numbers.js";
import { num, text } from "./nodes.js";

/** @import { Model } from "../core/types.js" */

/**
 * What a test digit costs under a model, as sentences; empty without the figures.
 *
 * @param {Model} model
 * @returns {Node | string}
 */
export function costOfADigit({ metrics: m, conditional, quantity }) {
  if (!m || !isNumber(m.elbo)) return "";
  const [elbo, distortion, rate] = [
    num(fixed(-m.elbo)),
    num(fixed(m.distortion), "distortion"),
    num(fixed(m.rate), "rate"),
  ];
  const count = m.n_images ? whole(m.n_images) : "all";
  const digits = `${count} test digits${conditional ? ", each with its label given" : ""}`;
  if (quantity === "density") {
    return text`The rate, what z says of a test digit, is ${rate} nats (mean over ${digits}). Its pixels have a density, which may exceed 1 and moves with the unit of grey: their −log p(x|z) of ${distortion} is no cost in nats, and −ELBO, ${elbo}, compares with other densities only.`;
  }
  const parts = text`${distortion} for the pixels once z is known (distortion) and ${rate} for z (rate)`;
  if (quantity === "cross-entropy") {
    return text`The sum of cross-entropy and rate, −ELBO, is ${elbo} nats a test digit (${digits}): ${parts}. Cross-entropy of grey pixels is no likelihood: even a perfect picture would have the entropy of its greys.`;
  }
  return text`Saying a test digit with this model costs ${elbo} nats (−ELBO, ${digits}): ${parts}.`;
}

/**
 * The rate in its two parts, as a sentence; empty where that was not measured.
 *
 * @param {Model} model
 * @returns {Node | string}
 */
export function rateInParts({ metrics: m }) {
  const { rate, prior_gap: least, prior_gap_at_most: most, prior_gap_digits: count } = m ?? {};
  if (!isNumber(rate) || !isNumber(least) || !isNumber(most)) return "";
  const [its, at] = [num(fixed(rate), "rate"), num(number(Math.max(0, least), 2))];
  return text`The rate of ${its} nats is what the code tells of the digit plus what no digit needs, which is how far all codes together (the aggregate posterior) lie from the prior: at least ${at} nats, and at most ${num(fixed(most))} (${num(whole(count))} test digits leave that open). The more of that, the more draws miss.`;
}

/**
 * How sure the independent classifier is of draws, beside real digits; empty where not measured.
 *
 * @param {Model} model
 * @returns {Node | string}
 */
export function sureness({ metrics: m }) {
  if (!m) return "";
  const { sample_entropy: draws, test_entropy: real, not_digits: none } = m;
  if (!isNumber(draws) || !isNumber(real) || !isNumber(none)) return "";
  /** @param {number} value */
  const figure = (value) => num(number(value, 2));
  return text`Over random draws the reading of an independent classifier has an entropy of ${figure(draws)} nats, over real test digits of ${figure(real)}; it takes ${figure(100 * none)} % of the draws for no digit.`;
}
