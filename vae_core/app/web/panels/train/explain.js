// "What am I seeing?" of Train, with this run's numbers.

import { fixed, isNumber, number } from "../../core/numbers.js";
import { bold, joined, num, text } from "../../parts/nodes.js";

/** @import { CurvePoint } from "../../core/types.js" */
/** @import { Look, Offer } from "./types.js" */

/**
 * @param {Look} look
 * @param {CurvePoint[]} points
 * @param {Offer} offer
 */
export function explain(look, points, offer) {
  const last = points.at(-1);
  if (!last || !look.total_steps) return before(offer);
  return text`${joined([costs(last), gap(last), latents(look)].filter(Boolean))}`;
}

/** @param {Offer} offer */
function before({ name, is_variational: isVariational }) {
  const recipe = bold(name);
  if (!isVariational) {
    return text`Press Play, and a model of the recipe ${recipe} starts from random weights. The only cost of a plain autoencoder is the distortion: how far its pictures are from the digits. Watch your digit come out of the haze.`;
  }
  return text`Press Play, and a model of the recipe ${recipe} starts from random weights. Its cost has two parts, in nats: the distortion, what is left to say about the pixels once the code is known, and the rate, what the code says. Training lowers their sum, −ELBO (the rate weighted by beta). Watch the distortion fall as the rate rises: the model learns to use its code.`;
}

/** @param {CurvePoint} last */
function costs({ step, held_distortion: distortion, held_rate: rate, held_negative_elbo: cost }) {
  if (!isNumber(rate) || !isNumber(cost)) {
    return text`After ${num(step)} steps the distortion of digits that this model never trains on is ${num(number(distortion), "distortion")}. A plain autoencoder has no prior of its own: its samples are draws from a Gaussian fitted to its codes.`;
  }
  return text`After ${num(step)} steps a digit that this model never trains on costs ${num(fixed(cost))}: ${num(fixed(distortion), "distortion")} for its pixels once the code is known (distortion) and ${num(fixed(rate), "rate")} for the code (rate).`;
}

/** @param {CurvePoint} last */
function gap({ held_negative_elbo: held, negative_elbo: trained }) {
  if (!isNumber(held) || !isNumber(trained)) return "";
  const apart = held - trained;
  if (apart < 1)
    return text`Digits that it trains on cost about as much: it has learned nothing by heart.`;
  return text`Digits that it trains on cost ${num(fixed(apart))} less: so much it has learned by heart.`;
}

/** @param {Look} look */
function latents({ view }) {
  if (!view?.kl) return "";
  const asleep = view.kl.filter((each) => each < 0.01).length;
  if (!asleep)
    return text`Each of its ${num(view.kl.length)} latents carries something of the digit.`;
  return text`${num(asleep)} of its ${num(view.kl.length)} latents say nothing so far (posterior collapse); they may yet wake.`;
}
