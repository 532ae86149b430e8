// "What am I seeing?" of Interpolate, with the numbers of the two ends.

import { number, whole } from "../../core/numbers.js";
import { bold, joined, num, text } from "../../parts/nodes.js";

/** @import { Model } from "../../core/types.js" */
/** @import { Read } from "./end.js" */

/** @param {number} value */
const figure = (value) => num(number(value));

/**
 * @param {Model} model
 * @param {{ a: Read, b: Read } | null} ends
 * @returns {(Node | string)[]}
 */
export function explain(model, ends) {
  const { name, latent_dim: d, variational, words } = model;
  const parts = [
    text`A and B become codes of ${num(whole(d))} numbers; every digit between is decoded by ${bold(name)} from a code on the way.`,
    "A cross-fade shows two digits at once; the latent path bends one into the other. The small numbers are what an independent classifier reads, the paler the less it is sure.",
    words
      ? words.sliders
      : variational
        ? ""
        : "A plain autoencoder has no prior: the numbers count standard deviations of a Gaussian that was fitted to its codes afterwards, and the way between two codes leads through places that it never learnt.",
    `The geodesic is the way on which the picture changes least. It need not keep to codes that ${variational ? "the prior draws" : "digits have"}: between two strokes, fading the one out and the other in changes fewer pixels than moving it, and a decoder can be led to do that.`,
    model.takes_labels && ends ? labelled(ends) : "",
    text`Draws from ${variational || words ? "the prior" : "that Gaussian"} have lengths around ${figure(Math.sqrt(d))}.`,
    ends ? lengths(ends) : "",
  ];
  return joined(parts.filter((part) => part !== ""));
}

/**
 * What a conditional model is given on the way.
 *
 * @param {{ a: Read, b: Read }} ends
 */
function labelled({ a, b }) {
  const [first, last] = [a, b].map(({ label }) => num(label ?? "unknown"));
  return text`This model is given its digit as well, A's (${first}) at the one end, B's (${last}) at the other and shares of both between.`;
}

/**
 * What the two paths do to the length of z, with the numbers of these two ends.
 *
 * @param {{ a: Read, b: Read }} ends
 */
function lengths({ a, b }) {
  const [first, last] = [Math.hypot(...a.z), Math.hypot(...b.z)];
  const middle = Math.hypot(...a.z.map((v, i) => (v + b.z[i]) / 2));
  const kept = (first + last) / 2;
  return text`A has ${figure(first)} and B ${figure(last)}: half way, the straight path is down to ${figure(middle)}, the spherical one keeps ${figure(kept)}.`;
}
