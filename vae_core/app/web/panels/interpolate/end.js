// One end of the way: a picture, a random draw or a code of another panel, and its code under the
// chosen model. An end keeps where it is from, so that another model can read it again.

import { readNumbers, writeNumbers } from "../../core/address.js";
import { pack, unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { classes, labelOf, placeOf } from "../../core/examples.js";
import { pixelsIn } from "../../core/handover.js";
import { requests } from "../../core/requests.js";
import { model, openedWith } from "../../core/state.js";
import { find } from "../../parts/nodes.js";
import { pictureInput } from "../../parts/picture.js";
import { spellPicture, takeSpelled } from "../../parts/picture_link.js";
import { foldedSteps } from "../../parts/steps.js";

/** @import { Bytes } from "../../core/bytes.js" */
/** @import { DigitizerOptions, Encoded, Parcel, Picture, Server } from "../../core/types.js" */
/** @import { Still } from "../../core/requests.js" */

// The pair that is there on arrival: all that lies between reads as one or the other.
const FIRST = { a: placeOf(classes[3] ?? 0, 0), b: placeOf(classes[5] ?? 0, 0) };
const SEEDS = 2 ** 31;
const CODE = /^(?:r(\d{1,10})|z(\d?):(.*))$/;

/**
 * Where an end is from: one of picture, seed and sent.
 *
 * @typedef {object} Source
 * @property {Picture} [picture]
 * @property {string} [from] of a picture: "drawing", "upload", "example", ...
 * @property {number} [place] of an example
 * @property {DigitizerOptions} [options]
 * @property {number} [seed] of a draw
 * @property {Sent} [sent] a code
 */

/** @typedef {{ z: number[], pixels?: string, label?: number | null, checkpoint?: string | null }} Sent */

/**
 * Its code under the chosen model, and the digit that stands for it in the cross-fade.
 *
 * @typedef {{ z: number[], label: number | null, bytes: Bytes }} Read
 */

/**
 * @typedef {object} EndOptions
 * @property {Server} server
 * @property {(busy: boolean) => void} onbusy
 * @property {() => void} onchange it has another code
 * @property {(sentence: string | null) => void} onmessage null once there is a code
 */

export class End {
  #name;
  #options;
  #requests;
  #steps;
  /** @type {Source | null} */
  #source = null;
  /** @type {Read | null} */
  #read = null;

  /**
   * @param {HTMLElement} root of this end
   * @param {{ name: "a" | "b", label: string, testids: { upload: string, pad: string } }} names
   * @param {EndOptions} options
   */
  constructor(root, { name, ...names }, options) {
    this.#name = name;
    this.#options = options;
    const { onbusy, onmessage } = options;
    this.#requests = requests({ onbusy, onerror: onmessage });
    const box = find(root, ".own");
    this.input = pictureInput(box, {
      ...names,
      onpicture: ({ picture, source, place }) => {
        this.#steps.reset();
        return this.#take({ picture, from: source, place });
      },
      onchoose: (choose) => this.#adjust({ ...this.#source?.options, choose }, "upload"),
    });
    this.#steps = foldedSteps(box, (set) => {
      const { choose } = this.#source?.options ?? {};
      this.#adjust(choose === undefined ? set : { ...set, choose });
    });
    find(root, "[data-random]").addEventListener("click", () => {
      this.#steps.reset();
      this.draw();
    });
  }

  /** Its code, null while there is none. */
  get read() {
    return this.#read;
  }

  /** Whether it is from anywhere, its code known or not. */
  get isTaken() {
    return this.#source !== null;
  }

  /** A random draw. */
  draw(seed = Math.floor(Math.random() * SEEDS)) {
    return this.#takeAndShow({ seed });
  }

  /**
   * What another panel sent.
   *
   * @param {Parcel} parcel
   */
  async receive({ picture, z, pixels, label, checkpoint }) {
    if (picture) {
      const digit = pixelsIn(picture);
      if (digit) await this.input.show({ pixels: digit });
      await this.#take({ picture, from: digit ? "example" : "sent" });
    } else if (z) await this.#takeAndShow({ sent: { z, pixels, label, checkpoint } });
  }

  /** Another model reads the same source again. */
  async readAgain() {
    if (this.#source?.seed !== undefined) await this.draw(this.#source.seed);
    else if (this.#source) await this.#take(this.#source);
  }

  /** The end as the address has it. */
  takeOpened() {
    const name = this.#name;
    return this.takeSpelled(openedWith(name)) ?? this.input.takePlace(FIRST[name]);
  }

  /**
   * The end that an address spells; null where it spells none.
   *
   * @param {string | null} text
   */
  takeSpelled(text) {
    const picture = takeSpelled(this.input, text);
    if (picture) return picture;
    const [, seed, digit, numbers] = CODE.exec(text ?? "") ?? [];
    if (seed) return this.draw(Number(seed));
    const z = readNumbers(numbers);
    if (!z || z.length !== model()?.latent_dim) return null;
    const label = digit ? Number(digit) : null;
    return this.#takeAndShow({ sent: { z, label, checkpoint: model()?.name } });
  }

  /**
   * The end as it stands in the address: an example, a draw, a picture or a code.
   * Null for the one that is there without words.
   */
  spell() {
    const { place, picture, seed } = this.#source ?? {};
    if (place === FIRST[this.#name] || !this.#read) return null;
    if (seed !== undefined) return `r${seed}`;
    const { label, z, bytes } = this.#read;
    if (picture) return spellPicture(place, pack(bytes));
    return `z${label ?? ""}:${writeNumbers(z)}`;
  }

  /**
   * This end and another one change places.
   *
   * @param {End} other
   */
  swapWith(other) {
    [this.#source, other.#source] = [other.#source, this.#source];
    [this.#read, other.#read] = [other.#read, this.#read];
    for (const end of [this, other]) {
      end.#requests.drop();
      end.#showOnPad();
    }
  }

  #showOnPad() {
    return this.#read && this.input.show({ pixels: pack(this.#read.bytes) });
  }

  /**
   * @param {DigitizerOptions} options
   * @param {string} [from]
   */
  #adjust(options, from = this.#source?.from) {
    if (this.#source?.picture) this.#take({ ...this.#source, from, options });
  }

  /** @param {Source} source */
  async #takeAndShow(source) {
    if (await this.#take(source)) await this.#showOnPad();
  }

  /** @param {Source} source */
  #take(source) {
    this.#source = source;
    this.#read = null;
    return this.#requests.ask(async (still) => {
      this.#read = await still(this.#readSource(source, still));
      this.#options.onmessage(null);
      this.#options.onchange();
    });
  }

  /**
   * @param {Source} source
   * @param {Still} still
   * @returns {Promise<Read>}
   */
  #readSource({ picture, seed = 0, sent, ...source }, still) {
    if (picture) return this.#readPicture({ picture, ...source }, still);
    if (!sent) return this.#readDraw(seed);
    const isOwn = sent.checkpoint === model()?.name && sent.z.length === model()?.latent_dim;
    if (isOwn) return this.#readCode(sent);
    // To another model a code means nothing: it reads the picture that stands for it.
    return this.#readPicture({ picture: { pixels: sent.pixels ?? "" }, from: "example" }, still);
  }

  /**
   * @param {Source} source
   * @param {Still} still
   * @returns {Promise<Read>}
   */
  async #readPicture({ picture, from, place, options }, still) {
    const asked = {
      checkpoint: model()?.name,
      picture,
      label: labelOf(place) ?? "read",
      options: { choose: null, ...options },
    };
    /** @type {Encoded} */
    const answer = await still(call(this.#options.server, "encode", asked));
    this.#steps.show(answer);
    if (from === "drawing") this.input.remember(answer.input);
    if (from !== "drawing" && from !== "example") await this.input.show(answer);
    return { z: answer.z, label: answer.label, bytes: unpack(answer.input) };
  }

  /**
   * @param {Sent} sent
   * @returns {Promise<Read>}
   */
  async #readCode(sent) {
    const { z, label = null } = sent;
    const here = { a: z, b: z, labels: [label, label], path: "linear", t: 0 };
    const asked = { checkpoint: model()?.name, ...here };
    sent.pixels ??= (await call(this.#options.server, "between", asked)).pixels;
    return { z, label, bytes: unpack(sent.pixels ?? "") };
  }

  /**
   * A conditional model draws a digit of some class; the seed chooses that too.
   *
   * @param {number} seed
   * @returns {Promise<Read>}
   */
  async #readDraw(seed) {
    const label = seed % 10;
    const asked = { checkpoint: model()?.name, seed, label };
    const { z, pixels } = await call(this.#options.server, "draw", asked);
    return { z: z[0], label, bytes: unpack(pixels) };
  }
}
