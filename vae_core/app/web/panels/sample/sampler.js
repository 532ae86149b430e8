// What draws the codes: the model's own prior, or a sampler that was fitted after its training.

import { PRIOR, samplersOf, samplerWords } from "../../core/samplers.js";
import { keep, openedWith } from "../../core/state.js";
import { find, make } from "../../parts/nodes.js";

/** @import { Model } from "../../core/types.js" */

export class SamplerChooser {
  #field;
  #select;
  #asked = openedWith("sampler");

  /** As the address has it. */
  arrive() {
    this.#asked = openedWith("sampler");
  }

  /**
   * @param {HTMLElement} root of the panel
   * @param {(event: Event) => void} onchange
   */
  constructor(root, onchange) {
    this.#field = find(root, ".sampler");
    this.#select = find(root, "[name=sampler]", HTMLSelectElement);
    this.#select.addEventListener("change", (event) => {
      this.#asked = this.kind;
      keep({ sampler: this.kind });
      onchange(event);
    });
  }

  get kind() {
    return this.#select.value || PRIOR;
  }

  get isPrior() {
    return this.kind === PRIOR;
  }

  /** Whether each draw comes about in steps that can be watched. */
  get comesInSteps() {
    return this.kind === "diffusion";
  }

  /**
   * The samplers of another model; the one that was asked for stays where there is one.
   *
   * @param {Model | null} model
   */
  adopt(model) {
    const kinds = samplersOf(model);
    this.#select.replaceChildren(
      ...kinds.map((kind) =>
        make("option", { value: kind, textContent: samplerWords(model, kind) }),
      ),
    );
    this.#select.value = kinds.includes(this.#asked ?? "") ? (this.#asked ?? PRIOR) : kinds[0];
    this.#field.hidden = kinds.length === 1;
  }
}
