// How the sliders are shown and held: their scale, and which of them are frozen.

import { find } from "../../parts/nodes.js";
import { Frozen, frozenByLink } from "./frozen.js";
import { ScaleChooser } from "./scale.js";

/** @import { Model } from "../../core/types.js" */
/** @import { Rows } from "./rows.js" */

export class RowSettings {
  #rows;
  #place;
  #root;
  #frozen = new Frozen();
  #scale;

  /**
   * @param {HTMLElement} root of the panel
   * @param {Rows} rows
   * @param {() => number[]} place where the sliders are
   */
  constructor(root, rows, place) {
    this.#root = root;
    this.#rows = rows;
    this.#place = place;
    this.#scale = new ScaleChooser(find(root, "[data-do=scale]", HTMLSelectElement), () =>
      this.#rescale(),
    );
  }

  /** Dimensions that stay where they are when others are drawn or started anew. */
  get frozen() {
    return this.#frozen.dims;
  }

  /** @param {number} dim */
  toggle(dim) {
    this.#rows.showFrozen(this.#frozen.toggle(dim));
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
   * As the address has them.
   *
   * @param {Model} model
   */
  arrive(model) {
    this.#frozen.adopt(model, frozenByLink());
    this.#rows.showFrozen(this.frozen);
    this.#scale.arrive();
    this.#rescale();
  }

  #rescale() {
    this.#rows.rescale(this.#scale.current, this.#place());
  }
}
