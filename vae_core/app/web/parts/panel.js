// How a panel begins: with its root and the chosen model, or with a sentence where there is none.

import { model } from "../core/state.js";
import { find, say } from "./nodes.js";

/** @import { Model } from "../core/types.js" */

const NO_MODEL = "There is no model: train one with python -m vae_core train vae-400.";

/**
 * @param {HTMLElement} element that Gradio made for the panel
 * @param {string} name
 * @param {(root: HTMLElement, chosen: Model) => unknown} build
 */
export function mountPanel(element, name, build) {
  const root = find(element, `[data-testid=panel-${name}]`);
  const chosen = model();
  document.getElementById("first-digit")?.remove(); // the server's, until the page is there
  if (chosen) return build(root, chosen);
  root.classList.add("empty");
  say(root, NO_MODEL);
}
