// The place on the way in words: how far, how long its code is, what the nearest step reads as.

import { fixed } from "../../core/numbers.js";
import { readingWords } from "../../core/readings.js";
import { find } from "../../parts/nodes.js";

/** @import { Model, Reading } from "../../core/types.js" */

/**
 * @param {HTMLElement} root of the panel
 * @param {Model} model
 * @param {{ t: number, z: number[], reading: Reading | undefined }} place
 */
export function showPlace(root, { variational }, { t, z, reading }) {
  const usual = fixed(Math.sqrt(z.length), 2);
  find(root, ".at").textContent = `t ${fixed(t, 2)}`;
  find(root, ".norm .length").textContent = `‖z‖ ${fixed(Math.hypot(...z), 2)}`;
  find(root, ".norm .usual").textContent = ` · ${variational ? "prior" : "codes"} ≈ ${usual}`;
  const words = reading ? `, where the nearest step ${readingWords(reading)}` : "";
  const spoken = `${Math.round(100 * t)} percent of the way from A to B${words}`;
  find(root, "[data-testid=scrubber]").setAttribute("aria-valuetext", spoken);
}
