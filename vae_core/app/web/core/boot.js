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
