// How the picture became a digit, step by step, each with its knob.

import { find, findAll } from "../../parts/nodes.js";
import { hasSteps, stageItem, stepKnobs } from "../../parts/steps.js";

/** @import { DigitizerOptions, Picture, Stage } from "../../core/types.js" */

const MIDDLE = 0.5; // of the threshold, while nothing was found
const LARGE = 999; // pixels: of a picture that is shown as it is

/** @typedef {{ stages: Stage[], threshold: number }} Steps */

export class Film {
  #root;
  #film;
  #knobs;
  #back;

  /**
   * @param {HTMLElement} root of the panel
   * @param {(name: keyof DigitizerOptions, value: string | number) => void} onadjust "auto" for a
   *   knob that was set back
   * @param {() => void} onback all knobs are set back
   */
  constructor(root, onadjust, onback) {
    this.#root = root;
    this.#film = find(root, ".film");
    this.#back = find(root, "[data-do=auto]");
    this.#knobs = stepKnobs(onadjust);
    find(root, ".adjust").prepend(...this.#knobs.elements);
    this.#back.addEventListener("click", onback);
  }

  /**
   * @param {Steps} steps
   * @param {DigitizerOptions} options that were set by hand
   */
  show(steps, options) {
    this.#film.replaceChildren(...steps.stages.map(stageItem));
    this.#showKnobs(hasSteps(steps), steps.threshold, options);
  }

  /** Neither steps nor knobs. */
  clear() {
    this.#film.replaceChildren();
    this.#showKnobs(false, MIDDLE, {});
  }

  /**
   * What was refused stays in view, with the knobs that might help.
   *
   * @param {Picture} picture
   * @param {string} sentence
   * @param {DigitizerOptions} options
   */
  showRefused(picture, sentence, options) {
    this.#film.replaceChildren();
    if (typeof picture === "string") {
      const facts = { title: "Your picture", note: sentence, image: picture };
      this.#film.append(stageItem({ ...facts, width: LARGE, height: LARGE }));
    }
    for (const image of findAll(this.#film, "img")) image.onerror = () => image.remove();
    this.#showKnobs(true, MIDDLE, options);
  }

  /**
   * @param {boolean} has whether there are steps
   * @param {number} threshold
   * @param {DigitizerOptions} options
   */
  #showKnobs(has, threshold, options) {
    find(this.#root, ".adjust").hidden = !has;
    find(this.#root, ".needs-none").hidden = has;
    this.#knobs.show(options, threshold);
    this.#back.hidden = !Object.keys(options).length;
  }
}
