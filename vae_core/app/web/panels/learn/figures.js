// Figures of the models in a lesson's words: always those that were measured, never typed in.

import { modelNamed } from "../../core/boot.js";
import { fixed, isNumber, percent, whole } from "../../core/numbers.js";

/**
 * @param {string} name
 * @param {string} figure
 */
const metric = (name, figure) => {
  const value = modelNamed(name)?.metrics?.[figure];
  return isNumber(value) ? value : null;
};

/**
 * "72 %": the share of draws that a classifier takes for no digit.
 *
 * @param {string} name
 */
export function noDigits(name) {
  const share = metric(name, "not_digits");
  return share === null ? "many" : `${percent(share, share < 0.1 ? 1 : 0)} %`;
}

/**
 * @param {string} name
 * @param {string} figure
 */
export const nats = (name, figure) => `${fixed(metric(name, figure))} nats`;

/** @param {string} name */
export const latents = (name) => whole(modelNamed(name)?.latent_dim ?? null);

/** @param {string} name */
export const unused = (name) => whole(modelNamed(name)?.unused.length ?? null);

/** @param {string} name */
export const error = (name) => fixed(metric(name, "mse"), 3);

/** @param {string} name */
export const fid = (name) => fixed(metric(name, "fid"));
