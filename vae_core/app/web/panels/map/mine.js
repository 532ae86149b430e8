// One's own picture on the map: where its posterior lies, and which test digits are nearest.

import { readPixels, writePixels } from "../../core/address.js";
import { call } from "../../core/calls.js";
import { requests } from "../../core/requests.js";
import { keepPicture, openedWith } from "../../core/state.js";
import { find } from "../../parts/nodes.js";

/** @import { DigitizerOptions, Picture, Server } from "../../core/types.js" */
/** @import { PictureWidget } from "../../parts/picture.js" */
/** @import { FoldedSteps } from "../../parts/steps.js" */
/** @import { Chart } from "./codes.js" */
/** @import { Mine } from "./overlay.js" */
/** @import { Near } from "../../parts/neighbours.js" */

/** @typedef {Mine & { z: number[], off: number, about: Near }} Own */

/**
 * @typedef {object} OwnOptions
 * @property {Server} server
 * @property {() => { checkpoint: string, chart: Chart | null }} here
 * @property {(own: Own) => void} onown
 * @property {(sentence: string | null) => void} onmessage
 */

export const FIELD = "mine"; // of a link

export class OwnPicture {
  #root;
  #options;
  #requests;
  /** @type {{ picture: Picture, source?: string, options?: DigitizerOptions } | null} */
  #given = null;
  /** @type {string | null} */
  #pixels = null; // its digit, for a pad that is opened later
  /** @type {PictureWidget | null} */
  #input = null;
  /** @type {FoldedSteps | null} */
  #steps = null;

  /**
   * @param {HTMLElement} root of the panel
   * @param {OwnOptions} options
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    this.#requests = requests({ onerror: (sentence) => options.onmessage(sentence) });
    this.open();
    const fold = find(root, ".own-fold", HTMLDetailsElement);
    fold.addEventListener("toggle", () => fold.open && this.#build(), { once: true });
  }

  async #build() {
    const [{ pictureInput }, { foldedSteps }] = await Promise.all([
      import("../../parts/picture.js"),
      import("../../parts/steps.js"),
    ]);
    const box = find(this.#root, ".own");
    /** @param {DigitizerOptions} options */
    const again = (options) => this.#given && this.take({ ...this.#given, options });
    this.#input = pictureInput(box, {
      label: "Your digit",
      onpicture: ({ picture, source }) => this.take({ picture, source }),
      onchoose: (choose) => again({ choose }),
    });
    this.#steps = foldedSteps(box, again);
    if (this.#pixels) this.#input.show({ pixels: this.#pixels });
  }

  /** As the address has it: a digit, or none. */
  open() {
    const digit = readPixels(openedWith(FIELD));
    this.#given = digit ? { picture: { digit }, source: "example" } : null;
    if (!digit) keepPicture(FIELD, null);
    this.#pixels = digit;
    if (digit) this.#input?.recall(digit);
    else this.#input?.clear();
  }

  /** Whether a picture was given. */
  get isGiven() {
    return this.#given !== null;
  }

  /** @param {{ picture: Picture, source?: string, options?: DigitizerOptions }} given */
  take(given) {
    this.#given = given;
    return this.read();
  }

  /** Read the picture again, on another plane or by another model. */
  read() {
    const { checkpoint, chart } = this.#options.here();
    const { picture, options, source } = this.#given ?? {};
    if (!picture || !chart?.plane) return;
    return this.#requests.ask(async (still) => {
      const asked = { checkpoint, picture, options, plane: chart.plane };
      const answer = await still(call(this.#options.server, "own", asked));
      const { place, middle, covariance, z, off, indices } = answer;
      const near = indices.map((/** @type {number} */ index) => chart.spot(index));
      this.#options.onmessage(null);
      this.#pixels = answer.input;
      keepPicture(FIELD, writePixels(answer.input));
      this.#steps?.show({ ...answer, stages: [] });
      if (source === "drawing") this.#input?.remember(answer.input);
      if (source && source !== "drawing" && source !== "example") {
        this.#input?.show({ pixels: answer.input });
      }
      this.#options.onown({ place, middle, covariance, near, z, off, about: answer });
    });
  }
}
