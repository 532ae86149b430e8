// The code under the sliders: what its numbers may be, and which of them stay.

import { asWritten } from "../../core/address.js";

/** @import { Model } from "../../core/types.js" */

export const RANGE = 4; // of a slider, to both sides
const [FROM_PRIOR, FROM_PICTURE] = [10, 1000];

/**
 * Sliders count the prior's sigmas; a fitted Gaussian's may be small, and a real code many away.
 *
 * @param {Model} model
 * @param {number} v
 */
export function clampToLimit(model, v) {
  const limit = model.variational ? FROM_PRIOR : FROM_PICTURE;
  return Math.max(-limit, Math.min(limit, v));
}

/**
 * @param {Model} model
 * @param {number[]} u
 */
export const clamped = (model, u) => u.map((v) => clampToLimit(model, v));

/**
 * The next code, in numbers that a link gives back: frozen ones stay.
 *
 * @param {Model} model
 * @param {number[]} u
 * @param {number[]} next
 * @param {Set<number>} frozen
 */
export const moveTo = (model, u, next, frozen) =>
  next.map((v, dim) => (frozen.has(dim) ? u[dim] : asWritten(clampToLimit(model, v))));

/** @param {number[]} u */
export const rounded = (u) => u.map((v) => Math.round(v * 1e4) / 1e4);
