// The three codes that a plane goes through: test digits at first, then whatever is under the hand.

import { call } from "../../core/calls.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { button, find } from "../../parts/nodes.js";

import { openedCorners } from "./opened.js";

/** @import { Bytes } from "../../core/bytes.js" */
/** @import { Server } from "../../core/types.js" */

/** @typedef {{ z: number[], pixels: string | Bytes }} Corner */

const FIRST = [3, 2, 61]; // test digits that the plane goes through at first: a 0, a 1 and an 8

export class Corners {
  #box;
  #options;
  /** @type {Corner[]} */
  corners = [];

  /**
   * @param {HTMLElement} root of the panel
   * @param {{ here: () => Corner | null, size: () => number, onchange: () => void }} options here: under
   *   the crosshair; size of a code
   */
  constructor(root, options) {
    this.#box = find(root, ".corners");
    this.#options = options;
  }

  /** Their codes. */
  get codes() {
    return this.corners.map(({ z }) => z);
  }

  /** Another model has other codes. */
  forget() {
    this.corners = [];
    this.#box.hidden = true;
  }

  /**
   * @param {Server} server
   * @param {string} checkpoint
   * @param {<T>(promise: Promise<T>) => Promise<T>} still
   */
  async begin(server, checkpoint, still) {
    if (this.corners.length) return;
    const named = openedCorners(this.#options.size());
    if (named) {
      const decoded = named.map((z) => call(server, "decode", { checkpoint, z }));
      const answers = await still(Promise.all(decoded));
      this.corners = named.map((z, i) => ({ z, pixels: answers[i].pixels }));
      return;
    }
    const asked = FIRST.map((index) => call(server, "recall", { checkpoint, index }));
    const answers = await still(Promise.all(asked));
    this.corners = answers.map(({ z, pixels }) => ({ z, pixels }));
  }

  /** @param {boolean} isShown */
  show(isShown) {
    this.#box.hidden = !isShown;
    if (!isShown) return;
    this.#box.replaceChildren(
      ...this.corners.map(({ pixels }, i) => {
        const name = "ABC"[i];
        const canvas = digitCanvas();
        paint(canvas, pixels);
        const title = `Let the plane go through the code at the crosshair instead of ${name}`;
        return button([canvas, `Set ${name} here`], { title }, () => this.#set(i));
      }),
    );
  }

  /** @param {number} i */
  #set(i) {
    const here = this.#options.here();
    if (!here) return;
    this.corners[i] = here;
    this.#options.onchange();
  }
}
