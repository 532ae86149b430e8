// Random: noise for the sliders, or the draw of a prior whose noise they are not.

import { call } from "../../core/calls.js";
import { requests } from "../../core/requests.js";
import { onClick, say } from "../../parts/nodes.js";

/** @import { Model, Server } from "../../core/types.js" */

const SEEDS = 2 ** 32;

/**
 * @param {HTMLElement} root
 * @param {Server} server
 * @param {object} how
 * @param {() => Model} how.model
 * @param {(event: Event) => void} how.noise sets the sliders to noise
 * @param {(z: number[], event: Event) => void} how.drawn sets them to a draw
 */
export function mountRandom(root, server, { model, noise, drawn }) {
  const asking = requests({ onerror: (sentence) => say(root, sentence) });
  onClick(root, "random", (event) => {
    const { name: checkpoint, sliders_are_noise: isNoise } = model();
    if (isNoise) return noise(event);
    asking.ask(async (still) => {
      const seed = Math.floor(Math.random() * SEEDS);
      const { z } = await still(call(server, "draw", { checkpoint, seed }));
      drawn(z[0], event);
    });
  });
}
