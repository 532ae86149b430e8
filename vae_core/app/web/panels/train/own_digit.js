// The digit whose reconstruction is watched: an example, or the one that another panel shows.

import { readPixels } from "../../core/address.js";
import { boot } from "../../core/boot.js";
import { SIDE } from "../../core/bytes.js";
import { on } from "../../core/events.js";
import { placeOf, readPlace } from "../../core/examples.js";
import { onParcel, pixelsIn } from "../../core/handover.js";
import { keepPicture, onTravel, openedWith } from "../../core/state.js";
import { paint, pixelsOf } from "../../draw/digit.js";
import { example } from "../../draw/examples.js";
import { find, findAll } from "../../parts/nodes.js";
import { exampleRow } from "../../parts/picture_examples.js";
import { spellPicture } from "../../parts/picture_link.js";

const FIELD = "watched"; // of a link
const USUAL = placeOf(3, 0);
/** @type {Record<string, string>} */
const SHOWN = {
  reconstruct: "[data-testid=panel-reconstruct] [data-testid=model-input]",
  explore: "[data-testid=panel-explore] [data-testid=live-canvas]",
};

export class OwnDigit {
  /** @type {string | null} base64 of the digit */
  pixels = null;
  #canvas;
  #choice;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#canvas = find(root, "[data-testid=model-input]", HTMLCanvasElement);
    this.#choice = find(root, ".own-choice");
    exampleRow(find(root, ".examples"), (place) => this.#takePlace(place));
    for (const button of findAll(root, "[data-from]")) {
      button.addEventListener("click", () => {
        const canvas = shownIn(button.dataset.from ?? "");
        if (canvas) this.#take(pixelsOf(canvas));
      });
    }
    onParcel("train", ({ picture, pixels }) => {
      const given = pixels ?? (picture ? pixelsIn(picture) : null);
      if (given) this.#take(given);
    });
    on("panel", () => this.#offer());
    onTravel([FIELD], () => this.open());
    this.#offer();
    this.open();
  }

  /** What the address says; else what is open in Reconstruct, else an example. */
  open() {
    const asked = openedWith(FIELD);
    const bytes = readPixels(asked);
    const shown = shownIn("reconstruct");
    const place = readPlace(asked);
    if (bytes) this.#take(bytes);
    else if (place !== undefined || !shown) this.#takePlace(place ?? USUAL);
    else this.#take(pixelsOf(shown));
  }

  /** @param {boolean} isLocked while a run is on, which watches the digit that it was given */
  lock(isLocked) {
    for (const button of findAll(this.#choice, "button", HTMLButtonElement)) {
      button.disabled = isLocked;
    }
  }

  /** Which panels show a digit. */
  #offer() {
    for (const button of findAll(this.#choice, "[data-from]")) {
      button.hidden = shownIn(button.dataset.from ?? "") === null;
    }
  }

  /** @param {number} place of an example */
  async #takePlace(place) {
    if (!boot.examples.url) return;
    this.#take(await example(place), place);
  }

  /**
   * @param {string} pixels
   * @param {number} [place] of an example
   */
  #take(pixels, place) {
    this.pixels = pixels;
    paint(this.#canvas, pixels);
    keepPicture(FIELD, place === USUAL ? null : spellPicture(place, pixels));
  }
}

/** @param {string} panel */
function shownIn(panel) {
  const canvas = document.querySelector(SHOWN[panel] ?? "none");
  return canvas instanceof HTMLCanvasElement && canvas.width === SIDE ? canvas : null;
}
