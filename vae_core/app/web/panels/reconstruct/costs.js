// What the digit costs under the chosen model, beside what test digits cost.

import { fixed, rank } from "../../core/numbers.js";
import { find, findAll } from "../../parts/nodes.js";

/** @import { Costs, Model, Reconstruction } from "../../core/types.js" */

const ROOM = 1.6; // length of the bar against the median of the test digits

/**
 * The cost where there is one, else the distortion.
 *
 * @param {Costs | null} costs
 */
export const costOf = (costs) => (costs ? (costs.cost ?? costs.distortion) : null);

/**
 * @param {HTMLElement} root of the panel
 * @param {Model} model
 * @param {Reconstruction} answer
 */
export function showCosts(root, model, answer) {
  const { distortion, rate, shares_below: shares, medians, floor } = answer;
  const total = distortion + (rate ?? 0);
  showCost(root, "distortion", distortion, shares?.distortion);
  showCost(root, "rate", rate, shares?.rate);
  showCost(root, "cost", rate === null ? null : total, shares?.cost);
  const median = costOf(medians);
  const scale = Math.max(total, median === null ? 0 : floor + median * ROOM);
  const bar = find(root, ".cost-bar");
  find(bar, ".d").style.width = `${(100 * distortion) / scale}%`;
  find(bar, ".r").style.width = `${(100 * (rate ?? 0)) / scale}%`;
  find(bar, "u").hidden = median === null;
  find(bar, "u").style.left = `${(100 * (floor + (median ?? 0))) / scale}%`;
  const isInNats = countsNats(model);
  for (const unit of findAll(root, ".costs small")) unit.hidden = !isInNats;
  find(root, ".cost-note").textContent =
    estimateOf(model, answer, isInNats) + comparison(model, floor, median, isInNats);
}

/**
 * @param {HTMLElement} root
 * @param {string} key of Costs
 * @param {number | null} value
 * @param {number | null | undefined} share of the test digits that cost less
 */
function showCost(root, key, value, share) {
  const output = find(root, `output.${key === "cost" ? "elbo" : key}`);
  output.textContent = value === null ? "none" : fixed(value);
  const isRanked = share !== null && share !== undefined;
  find(root, `[data-rank=${key}]`).textContent = isRanked ? rank(share) : "";
}

/** @param {Model} model */
const countsNats = ({ quantity }) => quantity !== "squared-error";

/**
 * Which costs there are, and what they count, before any answer.
 *
 * @param {HTMLElement} root of the panel
 * @param {Model} model
 */
export function describeCosts(root, model) {
  root.classList.toggle("is-deterministic", !model.variational);
  root.classList.toggle("has-no-rate", !model.has_rate);
  find(root, "dt.of-distortion").dataset.tip = distortionTip(model);
}

/**
 * What the distortion is under a model.
 *
 * @param {Model} model
 */
export function distortionTip(model) {
  if (!countsNats(model)) return "half the squared error, summed over the pixels";
  if (model.quantity === "cross-entropy" && !model.variational)
    return "cross-entropy of the grey pixels, summed";
  return "−log p(x|z): nats to write the pixels down once z is known";
}

/**
 * @param {Model} model
 * @param {Reconstruction} answer
 * @param {boolean} isInNats
 */
function estimateOf({ variational }, { rate, estimate_draws: draws }, isInNats) {
  if (rate !== null && !variational) {
    return "The rate is what the entries of the code cost by the prior: the encoder chose them.";
  }
  if (rate !== null && isInNats) return `Means over ${draws} draws of z.`;
  const what = isInNats
    ? "Cross-entropy of the grey pixels."
    : "Distortion is half the summed squared error.";
  return `${what} A deterministic code has no rate.`;
}

/**
 * @param {Model} model
 * @param {number} floor
 * @param {number | null} median
 * @param {boolean} isInNats
 */
function comparison({ name }, floor, median, isInNats) {
  if (median === null) return "";
  const above = floor
    ? `, each above what its own greys cost however well they are foretold (their entropy, here ${fixed(floor)} nats)`
    : "";
  const unit = `${isInNats ? " nats" : ""}${floor ? " above it" : ""}`;
  return (
    ` Compared with MNIST's 10,000 test digits, measured the same way under ${name}${above}: ` +
    `the mark is their median, ${fixed(median)}${unit}.`
  );
}
