// The button that smooths the picture's pixels, for whoever would rather see a digit than a grid.

import { linked } from "../../core/state.js";
import { find, press } from "../../parts/nodes.js";

/**
 * @param {HTMLElement} root of the panel
 * @param {HTMLCanvasElement} canvas
 */
export function mountSmooth(root, canvas) {
  const button = find(root, "button[data-do=smooth]");
  const show = (/** @type {boolean} */ isSmooth) => {
    canvas.classList.toggle("smooth", isSmooth);
    press([button], () => isSmooth);
  };
  const keep = linked("smooth", (text) => show(text === "1"));
  button.addEventListener("click", () => {
    const isSmooth = !canvas.classList.contains("smooth");
    show(isSmooth);
    keep(isSmooth ? "1" : null);
  });
}
