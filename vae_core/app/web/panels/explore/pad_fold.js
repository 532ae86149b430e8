// The pad for two latents comes when its fold is first opened.

import { find } from "../../parts/nodes.js";

/**
 * @param {HTMLElement} root of the panel
 * @param {ConstructorParameters<typeof import("./pad.js").Pad>[1]} options
 */
export function mountPad(root, options) {
  const build = async () => new (await import("./pad.js")).Pad(root, options);
  find(root, ".pad-fold").addEventListener("toggle", build, { once: true });
}
