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

/** The models of all sets. */
export const allModels = boot.models;

const named = new Map(allModels.map((model) => [model.name, model]));

/**
 * @param {string | null | undefined} name
 * @returns {Model | null}
 */
export const modelNamed = (name) => named.get(name ?? "") ?? ownModel(name);

/**
 * The set of a model; null for MNIST, which the page takes for granted.
 *
 * @param {string | null | undefined} name
 */
export const setOf = (name) => modelNamed(name)?.dataset ?? null;

/**
 * The set of the model that the page was opened with. Examples, classes and words are of that set
 * for as long as the page stands; a model of another set opens the page again (`core/other_set.js`).
 */
export const pageSet = setOf(
  modelNamed(new URLSearchParams(location.search).get("model"))?.name ?? boot.chosen,
);

if (pageSet) {
  boot.first = null;
  const { columns, url, examples: labels } = pageSet;
  boot.examples = { columns, labels, url: labels.length ? url : "" };
}

/** Whether two models are of one set. @param {string | null | undefined} name */
export const isOfPageSet = (name) => setOf(name)?.title === pageSet?.title;

/** The models of the page's set. */
export const models = allModels.filter(({ name }) => isOfPageSet(name));

/** Whether the page's pictures are handwritten digits. */
export const isOfDigits = pageSet?.digits ?? true;

/**
 * What a class is called: "4", or "ankle boot".
 *
 * @param {number} label
 */
export const className = (label) =>
  pageSet?.classes.length === 0 ? String(label + 1) : (pageSet?.classes[label] ?? String(label));

// A lesson leaves panels out; preselect.js, which runs before Gradio builds them, knows which.
export const openPanels = (document.documentElement.dataset.panels ?? boot.panels.join(" "))
  .split(" ")
  .filter(Boolean);
