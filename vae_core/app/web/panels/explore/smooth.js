// The button that smooths the picture's pixels, for whoever would rather see a digit than a grid.

import { find, press } from "../../parts/nodes.js";

/**
 * @param {HTMLElement} root of the panel
 * @param {HTMLCanvasElement} canvas
 */
export function mountSmooth(root, canvas) {
  const button = find(root, "button[data-do=smooth]");
  button.addEventListener("click", () => {
    const isSmooth = canvas.classList.toggle("smooth");
    press([button], () => isSmooth);
  });
}
