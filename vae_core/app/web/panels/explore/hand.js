// The same hand writes 0 to 9: what the sliders stand for under each label, as the hand moves.

import { call } from "../../core/calls.js";
import { isOffline } from "../../core/connection.js";
import { requests } from "../../core/requests.js";
import { overSocket } from "../../core/socket.js";
import { labelRow } from "../../parts/labels.js";
import { find } from "../../parts/nodes.js";

/** @import { Bytes } from "../../core/bytes.js" */
/** @import { Model, Server } from "../../core/types.js" */

const PAUSE_MS = 200; // five rows a second at most: ten digits each must cost nobody a drag

/**
 * @typedef {object} HandOptions
 * @property {Server} server
 * @property {() => { checkpoint: string, z: number[] } | null} place null where there is no row
 * @property {(pixels: string | Bytes) => void} onrow ten digits
 */

export class Hand {
  #options;
  #requests;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #isWanted = false;

  /** @param {HandOptions} options */
  constructor(options) {
    this.#options = options;
    this.#requests = requests({ onerror: (sentence) => console.warn(sentence) }); // a courtesy
  }

  /** The sliders moved: the newest place is asked for soon, and one at a time. */
  follow() {
    this.#isWanted = true;
    if (this.#timer === undefined && !this.#requests.open) this.#ask();
  }

  #ask() {
    const { server, place, onrow } = this.#options;
    const asked = place();
    this.#isWanted = false;
    if (!asked || document.hidden || isOffline()) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#isWanted) this.follow();
    }, PAUSE_MS);
    this.#requests
      .ask(async (still) => onrow((await still(call(server, "row", asked))).pixels))
      .finally(() => {
        if (this.#isWanted && this.#timer === undefined) this.#ask();
      });
  }
}

/**
 * The row in Explore; a label that is picked changes the picture at once.
 *
 * @param {HTMLElement} root of the panel
 * @param {Server} server
 * @param {() => { model: Model, z: number[] }} here
 * @param {(event: Event) => void} onlabel
 */
export function mountHand(root, server, here, onlabel) {
  const look = { title: "The same hand writes:", unknown: "none", pictures: true };
  const onrow = labelRow(find(root, ".given-label"), onlabel, look);
  const place = () => {
    const { model, z } = here();
    const isShown = model.takes_labels && !model.slow && root.offsetParent !== null;
    return isShown ? { checkpoint: model.name, z } : null;
  };
  return new Hand({ server: overSocket(server, "row"), place, onrow });
}
