// What draws a model's codes: its own prior, or a sampler that was fitted after its training.

/** @import { Model } from "./types.js" */

export const PRIOR = "prior";
const FITTED_PRIOR = "one Gaussian over its codes"; // all that a plain autoencoder has
/** @type {Record<string, string>} */
const WORDS = {
  [PRIOR]: "the model's own prior",
  diffusion: "a diffusion model of its codes",
  mixture: "a mixture of Gaussians over its codes",
};
const BEST_FIRST = ["diffusion", PRIOR, "mixture"];

/** @param {Model | null} model */
export const samplersOf = (model) =>
  BEST_FIRST.filter((kind) => kind === PRIOR || model?.samplers.includes(kind));

/**
 * @param {Model | null} model
 * @param {string} kind
 */
export const samplerWords = (model, kind) =>
  kind === PRIOR && !model?.variational && !model?.words ? FITTED_PRIOR : WORDS[kind];
