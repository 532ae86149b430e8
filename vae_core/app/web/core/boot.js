// What the server knew when it wrote the page, and the models by their names.

import { ownModel } from "./own.js";

/** @import { Boot, Model } from "./types.js" */

/** @type {Boot} */
const NOTHING = {
  models: [],
  chosen: null,
  first: null,
  panels: [],
  device: "",
  examples: { columns: 1, labels: [], url: "" },
};

/** @type {Boot} */
export const boot = {
  ...NOTHING,
  ...JSON.parse(document.getElementById("studio-boot")?.textContent || "{}"),
};

/**
 * The order of the sliders that the server leaves out: by what they carry, or else move.
 *
 * @param {Model} model
 * @returns {number[]}
 */
function falling({ latent_dim: count, kl_per_dim: kls, moves }) {
  /** @type {number[]} */
  const lengths = kls ?? moves ?? Array(count).fill(0);
  return [...lengths.keys()].sort((one, other) => lengths[other] - lengths[one]);
}

for (const model of boot.models) model.order ??= falling(model);

export const { models } = boot;

const named = new Map(models.map((model) => [model.name, model]));

/**
 * @param {string | null | undefined} name
 * @returns {Model | null}
 */
export const modelNamed = (name) => named.get(name ?? "") ?? ownModel(name);

// A lesson leaves panels out; preselect.js, which runs before Gradio builds them, knows which.
export const openPanels = (document.documentElement.dataset.panels ?? boot.panels.join(" "))
  .split(" ")
  .filter(Boolean);
