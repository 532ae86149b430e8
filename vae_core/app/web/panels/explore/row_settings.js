// How the sliders are shown and held: their scale, and which of them are frozen.

import { find } from "../../parts/nodes.js";
import { Frozen } from "./frozen.js";
import { ScaleChooser } from "./scale.js";

/** @import { Model } from "../../core/types.js" */
/** @import { Rows } from "./rows.js" */
/** @import { Scale } from "./scale.js" */

/** @typedef {{ scale: Scale, frozen: number[] }} Settings */

export class RowSettings {
  #rows;
  #place;
  #onchange;
  #root;
  #frozen = new Frozen();
  #scale;

  /**
   * @param {HTMLElement} root of the panel
   * @param {Rows} rows
   * @param {() => number[]} place where the sliders are
   * @param {() => void} onchange by hand
   */
  constructor(root, rows, place, onchange) {
    this.#root = root;
    this.#rows = rows;
    this.#place = place;
    this.#onchange = onchange;
    this.#scale = new ScaleChooser(find(root, "[data-do=scale]", HTMLSelectElement), () => {
      this.#rescale();
      onchange();
    });
  }

  /** Dimensions that stay where they are when others are drawn or started anew. */
  get frozen() {
    return this.#frozen.dims;
  }

  /** @returns {Settings} */
  get current() {
    return { scale: this.#scale.current, frozen: [...this.frozen] };
  }

  /** @param {number} dim */
  toggle(dim) {
    this.#rows.showFrozen(this.#frozen.toggle(dim));
    this.#onchange();
  }

  /**
   * The rows of another model.
   *
   * @param {Model} model
   * @param {number[]} frozen
   */
  adopt(model, frozen) {
    this.#frozen.adopt(model, frozen);
    this.#rows.build(model, this.frozen);
    const sigma = model.variational ? "in σ of the prior" : "in σ of its codes";
    find(this.#root, "[data-do=scale] option").textContent = sigma;
    this.#rescale();
  }

  /**
   * @param {Model} model
   * @param {Settings} settings of before
   */
  restore(model, { scale, frozen }) {
    this.#frozen.adopt(model, frozen);
    this.#rows.showFrozen(this.frozen);
    this.#scale.show(scale);
    this.#rescale();
  }

  #rescale() {
    this.#rows.rescale(this.#scale.current, this.#place());
  }
}
