// Shapes of what the server answers to Inside. Types alone, no code.

/**
 * What a hidden layer gave: base64 of signed bytes, 127 times their share of `scale`.
 *
 * @typedef {{ name: string, shape: number[], scale: number, values: string }} Activations
 */

/**
 * Lines of this project's own code; `marked` are the numbers of those that are meant.
 *
 * @typedef {{ file: string, name: string, first: number, text: string, marked: number[] }} Lines
 */

/**
 * @typedef {object} Sources
 * @property {Record<string, Lines>} parts
 * @property {Record<string, { head: Lines, pixel: Lines }>} likelihoods
 */

/** @typedef {{ kl: number[] | null, log_q: number, log_prior: number, total: number }} Rate */

/**
 * One picture's way through a model.
 *
 * @typedef {object} Way
 * @property {string} grey base64 of the digit
 * @property {number[]} x
 * @property {boolean} binary pixels were drawn black or white
 * @property {number | null} label that the model is given
 * @property {number} seed of eps
 * @property {Activations[]} encoder
 * @property {number[]} mean
 * @property {number[] | null} logvar
 * @property {number[] | null} eps
 * @property {number[]} z
 * @property {number[] | null} base
 * @property {Activations[]} decoder
 * @property {Activations[]} channels
 * @property {number[]} pixels
 * @property {string} formula
 * @property {Record<string, number[]>} parameters
 * @property {number[]} shares −log p of each pixel
 * @property {number} distortion
 * @property {Rate | null} rate
 * @property {number | null} elbo
 * @property {string} likelihood
 * @property {string} quantity
 * @property {Record<string, string>} parts
 */

/** @typedef {{ value: number, error: number }} Estimate */

/**
 * @typedef {object} Evidence
 * @property {number} draws
 * @property {Estimate} naive
 * @property {Estimate} log_p
 * @property {Estimate} elbo
 * @property {Estimate} distortion
 * @property {Estimate} rate
 * @property {Estimate} gap
 * @property {number} effective
 */

/**
 * @typedef {{ name: string, kind: string, parameters: number, weights: number, gradient: number,
 *   change: number }} Change
 */

/** @typedef {{ distortion: number, rate: number, loss: number }} Loss */

/**
 * @typedef {object} Step
 * @property {string} objective
 * @property {string} optimiser
 * @property {number} learning_rate
 * @property {number} samples
 * @property {number} beta
 * @property {Loss} before
 * @property {Loss} after
 * @property {Activations} out
 * @property {number[]} mean
 * @property {number[] | null} logvar
 * @property {Change[]} layers
 * @property {number} foretold
 * @property {string} was
 * @property {string} picture
 */

export {};
