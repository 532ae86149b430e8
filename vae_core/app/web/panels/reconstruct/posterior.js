// The posterior in its chart, and the numbers of one column in words.

import { fixed, signed } from "../../core/numbers.js";
import { countBeyond, EDGE, paintPosterior } from "../../draw/posterior.js";
import { find } from "../../parts/nodes.js";

/** @import { Model, Reconstruction } from "../../core/types.js" */

const KNOWN = 0.5; // prior sigmas: a number that the encoder knows

export class PosteriorChart {
  #root;
  #box;
  /** @type {{ model: Model, answer: Reconstruction } | null} */
  #shown = null;
  #pointed = 0; // column under the pointer or the arrow keys

  /** @param {HTMLElement} root of the panel */
  constructor(root) {
    this.#root = root;
    this.#box = find(root, ".posterior");
    this.#box.addEventListener("pointermove", ({ clientX }) => {
      const svg = this.#box.querySelector("svg");
      if (!svg || !this.#shown) return;
      const { left, width } = svg.getBoundingClientRect();
      this.#point(Math.floor((this.#shown.model.latent_dim * (clientX - left)) / width));
    });
    this.#box.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      this.#point(this.#pointed + step);
    });
  }

  /** Nothing can be pointed at. */
  clear() {
    this.#shown = null;
  }

  /**
   * @param {Model} model
   * @param {Reconstruction} answer
   */
  show(model, answer) {
    this.#shown = { model, answer };
    const { sigma, z_drawn: drawn } = answer;
    // A deterministic code has no prior to be measured against: its sliders count its own sigmas.
    const means = sigma ? answer.mean : answer.z;
    const columns = model.order.map((dim) => ({
      mean: means[dim],
      sigma: sigma ? sigma[dim] : 0,
      z: (drawn ?? means)[dim],
    }));
    paintPosterior(this.#box, columns);
    this.#box.setAttribute("aria-label", describe(sigma, columns.length));
    const beyond = find(this.#root, ".beyond");
    const count = countBeyond(columns);
    beyond.hidden = !count;
    beyond.textContent = `${count} beyond ±${EDGE}`;
    this.#point(this.#pointed);
  }

  /** @param {number} column */
  #point(column) {
    if (!this.#shown) return;
    const { model, answer } = this.#shown;
    this.#pointed = Math.max(0, Math.min(model.latent_dim - 1, column));
    find(this.#root, ".pointed").textContent = wordsOf(answer, model.order[this.#pointed]);
  }
}

/**
 * @param {number[] | null} sigma
 * @param {number} count
 */
function describe(sigma, count) {
  if (!sigma) return `The code, ${count} numbers`;
  const known = sigma.filter((value) => value < KNOWN).length;
  return `Mean and sigma of ${count} numbers; ${known} of them are known to within half a prior sigma`;
}

/**
 * @param {Reconstruction} answer
 * @param {number} dim
 */
function wordsOf({ mean, sigma, z_drawn: drawn }, dim) {
  if (!sigma) return `z${dim}   ${signed(mean[dim])}`;
  const z = drawn ? `drawn ${signed(drawn[dim])}   ` : "";
  return `z${dim}   ${z}mean ${signed(mean[dim])} ± ${fixed(sigma[dim], 2)}`;
}
