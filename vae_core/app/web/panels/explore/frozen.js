// Which sliders stay where they are when others are drawn or started anew; the link says so.

import { readNumbers } from "../../core/address.js";
import { keep, openedWith } from "../../core/state.js";

/** @import { Model } from "../../core/types.js" */

export class Frozen {
  /** @type {Set<number>} */
  dims = new Set();

  /**
   * For another model, whose first ones a link may name.
   *
   * @param {Model} model
   * @param {number[]} dims
   */
  adopt(model, dims) {
    this.dims = new Set(dims.filter((dim) => dim in model.order));
    this.#mirror();
  }

  /**
   * @param {number} dim
   * @returns {Set<number>} all of them now
   */
  toggle(dim) {
    if (!this.dims.delete(dim)) this.dims.add(dim);
    this.#mirror();
    return this.dims;
  }

  #mirror() {
    keep({ frozen: this.dims.size ? [...this.dims].join(",") : null });
  }
}

/** @returns {number[]} those that the link freezes */
export const frozenByLink = () => readNumbers(openedWith("frozen")) ?? [];
