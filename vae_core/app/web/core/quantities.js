// What a model's distortion counts, so that figures of two kinds never share a list, a plot or a
// sentence; see vae_core.app.service.groups.

import { modelNamed, models } from "./boot.js";
import { AREA } from "./bytes.js";
import { fixed, isNumber } from "./numbers.js";

/** @import { Model } from "./types.js" */

/**
 * @typedef {object} Quantity
 * @property {string} label
 * @property {string} words a sentence about it
 * @property {string} heads of a list of what pictures cost under such models
 * @property {((nats: number) => string) | null} cost one of them in its unit, null without one
 */

/** @type {Record<string, Quantity>} */
export const QUANTITIES = {
  binary: {
    label: "binary pixels",
    words: "Pixels drawn black or white: a likelihood, in nats an image.",
    heads: "Trained on black or white pixels: −ELBO",
    cost: (nats) => `${fixed(nats)} nats`,
  },
  "cross-entropy": {
    label: "grey pixels, cross-entropy",
    words: "Cross-entropy on grey pixels: the loss of many tutorials, and no likelihood.",
    heads: "Trained on grey pixels, cross-entropy: −ELBO",
    cost: (nats) => `${fixed(nats)} nats`,
  },
  levels: {
    label: "256 grey levels",
    words: "Probability of the 256 grey levels of each pixel, in nats an image.",
    heads: "256 grey levels: −ELBO a pixel",
    cost: (nats) => `${fixed(nats / AREA / Math.LN2, 3)} bits`,
  },
  density: {
    label: "grey pixels, density",
    words:
      "Density of continuous grey pixels: it can be negative, and depends on the width that the " +
      "model gives a pixel.",
    heads: "Density of grey pixels: −log density, no cost",
    cost: (nats) => fixed(nats),
  },
  "squared-error": {
    label: "grey pixels, squared error",
    words: "Half the squared error, in no unit of information.",
    heads: "No likelihood: mean squared error",
    cost: null,
  },
};

/**
 * The models by what their pixels count, in the order of QUANTITIES; kinds without one left out.
 *
 * @returns {(Quantity & { key: string, models: Model[] })[]}
 */
export function modelsByQuantity() {
  const kinds = Object.entries(QUANTITIES).map(([key, quantity]) => ({
    key,
    models: models.filter((model) => model.quantity === key),
    ...quantity,
  }));
  return kinds.filter((kind) => kind.models.length);
}

/**
 * −ELBO of a model over the test digits in a few words, with the unit that it has.
 *
 * @param {Model} model with metrics
 */
export function elboWords(model) {
  const cost = -(model.metrics?.elbo ?? Number.NaN);
  if (model.quantity === "density") return `−ELBO ${fixed(cost)} of a density`;
  if (model.quantity === "levels") return `−ELBO ${fixed(cost / AREA / Math.LN2, 3)} bits a pixel`;
  return `−ELBO ${fixed(cost)} nats${labelNote(model)}`;
}

/**
 * A remark where figures were measured with the label given.
 *
 * @param {Model} model
 */
export const labelNote = (model) => (model.conditional ? ", its label given" : "");

/**
 * A figure of a model by name; null where it was not measured.
 *
 * @param {string} name
 * @param {string} figure
 */
export function figureOf(name, figure) {
  const value = modelNamed(name)?.metrics?.[figure];
  return isNumber(value) ? value : null;
}
