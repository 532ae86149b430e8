// "What am I seeing?" of Sample, with the figures of the chosen model.

import { isNumber, number, whole } from "../../core/numbers.js";
import { bold, joined, num, text } from "../../parts/nodes.js";
import { rateInParts, sureness } from "../../parts/words.js";

/** @import { Model } from "../../core/types.js" */

/** @param {number} value */
const figure = (value) => num(number(value));

/**
 * @param {Model} model
 * @param {number | null} label that it is given
 * @param {string} [sampler] what draws the codes
 * @returns {(Node | string)[]}
 */
export function explain(model, label, sampler = "prior") {
  if (sampler in FITTED) {
    const parts = [drawnBy(model, sampler), rateInParts(model), ...aboutLabel(model, label)];
    return joined(parts.filter(Boolean));
  }
  const { metrics, variational, words } = model;
  const count = num(whole(model.latent_dim));
  /** @type {(Node | string)[]} */
  const parts = [
    words
      ? words.draws
      : variational
        ? text`Each digit is decoded from ${count} numbers drawn from the model's own prior, with no picture to start from. Temperature 1 is the prior; at 0 every draw is the mean.`
        : text`A plain autoencoder has no prior: each picture is decoded from ${count} numbers drawn from a Gaussian that was fitted to the codes of ${bold(model.name)} afterwards. Nothing ever asked its decoder to paint a digit at such places, so many draws are none.`,
    ...aboutLabel(model, label),
  ];
  if (isNumber(metrics?.fid)) {
    const floor = isNumber(metrics.fid_floor)
      ? text` (real digits against real digits: ${figure(metrics.fid_floor)})`
      : "";
    parts.push(
      text`Against real test digits these samples have an FID of ${figure(metrics.fid)}${floor}.`,
    );
  }
  if (isNumber(metrics?.rate)) {
    const why =
      "Training pulls the code of each digit towards the prior, but never asks whether all codes together fill it: where the prior reaches and they do not, no digit was ever encoded, and a draw from there is often none.";
    parts.push(words ? "" : why, rateInParts(model), sureness(model));
  }
  return joined(parts.filter(Boolean));
}

/** @type {Record<string, string>} */
const FITTED = {
  diffusion:
    "a small diffusion model turns noise into a code in thirty steps, leaning a little towards the digit that it was asked for.",
  mixture: "a mixture of Gaussians was laid over the codes.",
};

/** @type {Record<string, string>} */
const OTHERWISE = {
  true: "It is not the prior under which the model's likelihood is reported; choose that one to see the difference.",
  false: "A single Gaussian leaves much more room between the codes; choose that one to see it.",
};

/**
 * @param {Model} model
 * @param {string} sampler
 */
const drawnBy = (model, sampler) =>
  text`Each digit is decoded from ${num(whole(model.latent_dim))} numbers that lie where the codes of training digits do: after the training of ${bold(model.name)}, ${FITTED[sampler]} ${OTHERWISE[String(model.variational)]}`;

/**
 * @param {Model} model
 * @param {number | null} label
 * @returns {(Node | string)[]}
 */
function aboutLabel({ takes_labels: takesLabels }, label) {
  if (!takesLabels) return [];
  if (label === null) return ["Each draw has a digit of its own, each as likely."];
  return [
    text`This model is given a ${num(String(label))} to paint: the draws are handwritings of one digit.`,
  ];
}
