// A panel's own picture: from what a visitor gives, by one digitization, to the digit that models get.

import { call } from "../core/calls.js";
import { pixelsIn } from "../core/handover.js";
import { requests } from "../core/requests.js";
import { state } from "../core/state.js";
import { find, say } from "./nodes.js";
import { pictureInput } from "./picture.js";

/** @import { DigitizerOptions, Digitized, Parcel, Picture, Server } from "../core/types.js" */
/** @import { LinkedPicture } from "./picture_link.js" */

/** @typedef {{ picture: Picture, source: string, place?: number }} Given */

/**
 * @typedef {object} OwnPictureOptions
 * @property {HTMLElement} root of the panel, with an element `.own` for the input and a `.verdict`
 * @property {Server} server
 * @property {string} label
 * @property {LinkedPicture} linked its field in the address
 * @property {(digit: string) => unknown} ondigit base64 of the 784 bytes that it became
 * @property {() => void} onforget there is no digit: the picture was cleared, or refused
 */

export class OwnPicture {
  /** @type {Given | null} */
  #given = null;
  #root;
  #server;
  #linked;
  #ondigit;
  #onforget;
  #requests;

  /** @param {OwnPictureOptions} options */
  constructor({ root, server, label, linked, ondigit, onforget }) {
    this.#root = root;
    this.#server = server;
    this.#linked = linked;
    this.#ondigit = ondigit;
    this.#onforget = onforget;
    this.input = pictureInput(find(root, ".own"), {
      label,
      onpicture: ({ picture, source, place }) => this.#take({ picture, source, place }),
      onclear: () => this.#clear(),
      onchoose: (choose) => this.#digitize({ choose }),
    });
    // The digit is the same for every model: another choice of model leaves its answer standing.
    this.#requests = requests({
      about: () => this.#given,
      onerror: (words) => this.#refuse(words),
    });
  }

  /** A real digit is there on arrival, unless something was sent meanwhile. */
  arrive() {
    this.input.ready.then(() => {
      if (!this.#given) this.travel();
    });
  }

  /** What the address holds now. */
  travel() {
    return this.#linked.take(this.input);
  }

  /** @param {Parcel} parcel from another panel */
  async receive({ picture }) {
    if (!picture) return;
    this.#given = { picture, source: "example" };
    const pixels = pixelsIn(picture);
    if (pixels) await this.input.show({ pixels });
    this.#digitize({});
  }

  /** @param {Given} given */
  #take(given) {
    this.#given = given;
    return this.#digitize({});
  }

  /** @param {DigitizerOptions} options */
  #digitize(options) {
    const given = this.#given;
    if (!given) return;
    return this.#requests.ask(async (still) => {
      const asked = { picture: given.picture, options, checkpoint: state.model };
      /** @type {Digitized} */
      const answer = await still(call(this.#server, "arrive", asked));
      say(this.#root, null);
      find(this.#root, ".verdict").textContent = answer.verdict;
      if (given.source !== "example") this.input.show(answer);
      this.#linked.keep(given.place, answer.input);
      await this.#ondigit(answer.input);
    });
  }

  /**
   * A refused picture stands alone: neither the digit before it nor what came of that.
   *
   * @param {string} words
   */
  #refuse(words) {
    this.#forget();
    say(this.#root, words);
    if (this.#given) this.input.showRefused(this.#given.picture);
  }

  #clear() {
    this.#requests.drop();
    this.#given = null;
    this.#forget();
    say(this.#root, null);
  }

  #forget() {
    this.#linked.clear();
    find(this.#root, ".verdict").textContent = "";
    this.#onforget();
  }
}
