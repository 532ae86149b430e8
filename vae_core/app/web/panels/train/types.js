// Shapes of what the server sends to the Train panel. Types alone, no code.

/** @import { CurvePoint, Model } from "../../core/types.js" */

/**
 * What a recipe sets.
 *
 * @typedef {object} Offer
 * @property {string} name
 * @property {string} title
 * @property {"mlp" | "conv"} net
 * @property {boolean} is_variational
 * @property {boolean} is_weighted by importance samples
 * @property {number} latent_dim
 * @property {number[]} hidden_dims
 * @property {number} beta
 * @property {string} beta_schedule
 * @property {number} beta_start
 * @property {number} beta_warmup the share of the run in which a linear beta rises
 * @property {number} beta_cycles
 * @property {string} likelihood
 * @property {string[]} likelihoods that it can be trained with
 * @property {{ kind: string, level: number } | null} corruption
 * @property {number} batch_size
 * @property {number} learning_rate
 * @property {number} epochs
 */

/**
 * @typedef {object} Limits
 * @property {number} running
 * @property {number} waiting
 * @property {number} run_seconds
 * @property {number} memory_megabytes
 * @property {number} models
 * @property {number} idle_seconds
 * @property {Bounds} bounds
 */

/**
 * The lowest and the highest of each setting.
 *
 * @typedef {object} Bounds
 * @property {[number, number]} latent_dim
 * @property {[number, number]} layers
 * @property {[number, number]} width
 * @property {[number, number]} channels
 * @property {[number, number]} beta
 * @property {string[]} schedules
 * @property {[number, number]} beta_warmup
 * @property {[number, number]} beta_cycles
 * @property {Record<string, [number, number]>} corruptions
 * @property {[number, number]} batch_size
 * @property {[number, number]} learning_rate
 * @property {[number, number]} digits
 * @property {[number, number]} epochs
 * @property {number} parameters
 */

/**
 * What a model shows now; digits as base64.
 *
 * @typedef {object} View
 * @property {number[] | null} kl
 * @property {string} samples 16 digits
 * @property {string | null} own
 * @property {[number, number][]} codes
 */

/**
 * A run as the server tells of it.
 *
 * @typedef {object} Look
 * @property {"none" | "waiting" | "starting" | "running" | "paused" | "ended"} state
 * @property {number | null} place in the queue
 * @property {number | null} total_steps
 * @property {number} epochs
 * @property {string | null} quantity what the distortion counts
 * @property {number[]} labels of the digits whose codes are shown
 * @property {CurvePoint[]} points new ones
 * @property {number} next how many there are
 * @property {View | null} view
 * @property {string | null} model that the run left
 * @property {string | null} ending
 * @property {string | null} sentence
 */

/**
 * What the panel begins with.
 *
 * @typedef {{ limits: Limits, recipes: Offer[], models: Model[], look: Look }} Opened
 */

/**
 * One epoch of a shipped model's history.
 *
 * @typedef {object} Epoch
 * @property {number} epoch
 * @property {number | null} seconds
 * @property {number | null} beta
 * @property {number | null} distortion
 * @property {number | null} rate
 * @property {number | null} held_distortion
 * @property {number | null} held_rate
 */

/**
 * One spot of the curves; all costs of a digit.
 *
 * @typedef {object} Spot
 * @property {number} at in epochs
 * @property {number | null} distortion
 * @property {number | null} rate
 * @property {number | null} cost −ELBO
 * @property {number | null} held_distortion
 * @property {number | null} held_rate
 * @property {number | null} held_cost
 */

/** @typedef {Record<string, unknown>} Changes of a recipe */

export {};
