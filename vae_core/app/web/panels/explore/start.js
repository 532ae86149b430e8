// Starting from a picture: a test digit of some class, the visitor's own, or what a link begins with.

import { readPixels } from "../../core/address.js";
import { boot, className, pageSet } from "../../core/boot.js";
import { call } from "../../core/calls.js";
import { classes, placesOf, readPlace } from "../../core/examples.js";
import { requests } from "../../core/requests.js";
import { keepPicture, openedWith, state } from "../../core/state.js";
import { paint } from "../../draw/digit.js";
import { example } from "../../draw/examples.js";
import { button, find, say } from "../../parts/nodes.js";
import { spellPicture } from "../../parts/picture_link.js";

/** @import { DigitizerOptions, Encoded, FirstDigit, Model, Picture, Server } from "../../core/types.js" */
/** @import { PictureWidget } from "../../parts/picture.js" */
/** @import { FoldedSteps } from "../../parts/steps.js" */

/**
 * The picture that the sliders started from, and where its code lies.
 *
 * @typedef {object} Start
 * @property {Picture} picture
 * @property {DigitizerOptions} [options]
 * @property {number} [place] of an example
 * @property {string} input base64 of its digit
 * @property {number[]} z
 * @property {number | null} nearer share of test codes nearer to the mean
 */

/**
 * @typedef {object} Asked
 * @property {Picture} picture
 * @property {DigitizerOptions} [options]
 * @property {number} [place] of an example
 * @property {string} [source] where it is from
 * @property {number | string} [label] that the encoder is given; "read" for what a classifier reads
 * @property {boolean} [keepLabel] paint with the label that is chosen already
 */

/**
 * @typedef {object} StartsOptions
 * @property {Server} server
 * @property {() => Model} model
 * @property {(start: Start, label: number | null | undefined) => void} onstart undefined for a label
 *   that stays as it is
 * @property {() => void} onknown the code of the picture that a link names has come
 */

const FIELD = "from"; // of a link

export class Starts {
  #root;
  #options;
  #requests;
  #recalls = requests({ onerror: () => {} }); // without an answer one rank is not known
  /** @type {Start | null} */
  #current = null;
  /** @type {{ picture: Picture, options?: DigitizerOptions, place?: number } | null} */
  #origin = null; // what another model reads when it is chosen; kept while an answer is under way
  /** @type {Asked | null} */
  #last = null; // the picture last given, whose steps can be adjusted
  /** @type {PictureWidget | null} */
  #input = null;
  /** @type {FoldedSteps | null} */
  #steps = null;
  /** @type {Promise<void> | null} */
  #building = null;

  /**
   * @param {HTMLElement} root of the panel
   * @param {StartsOptions} options
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    this.#requests = requests({ onerror: (sentence) => say(root, sentence) });
    this.#buildClasses();
    const own = find(root, "[data-do=own]");
    own.addEventListener("click", () => this.#toggleInput(own));
  }

  /** The picture that the sliders started from, if any. */
  get current() {
    return this.#current;
  }

  /** The visitor has moved on: a picture that is still being read has come too late. */
  leave() {
    if (!this.#requests.open) return;
    this.#requests.drop();
    this.#origin = null;
  }

  /**
   * "Started from" beside the picture; null where the sliders started from none.
   *
   * @param {Start | null} start
   */
  show(start) {
    this.#recalls.drop();
    this.#show(start);
  }

  /** @param {Start | null} start */
  #show(start) {
    this.#current = start;
    this.keep();
    if (!this.#requests.open || start) this.#origin = start;
    find(this.#root, ".origin").hidden = !start;
    this.#root.classList.toggle("has-origin", Boolean(start));
    if (start) paint(find(this.#root, ".origin canvas", HTMLCanvasElement), start.input);
  }

  /** Keep the picture in the link; the one that the page begins with needs no words there. */
  keep() {
    const start = state.u && this.#current;
    keepPicture(FIELD, start ? spellPicture(start.place, start.input) : null);
  }

  /** The pad has no part in what is on show. */
  emptyPad() {
    this.#input?.clear();
  }

  /** The picture that the link names, beside the code that is there already. */
  async open() {
    const text = openedWith(FIELD);
    const [place, bytes] = [readPlace(text), readPixels(text)];
    if (place === undefined && bytes === null) return this.emptyPad();
    await this.#recalls.ask(async (still) => {
      const { first } = boot;
      const isFirst = first !== null && place === first.place;
      const input = bytes ?? (isFirst ? first.input : await still(example(place ?? 0)));
      /** @type {Start} */
      const start = { picture: { digit: input }, place, input, z: [], nearer: null };
      this.#show(start);
      this.#input?.recall(input);
      const { server, model, onknown } = this.#options;
      const label = state.label ?? "read";
      const asked = { checkpoint: model().name, picture: start.picture, label };
      const { z, nearer } = await still(call(server, "encode", asked));
      Object.assign(start, { z, nearer });
      onknown();
    });
  }

  /** The same picture through another model says more than the same numbers. */
  takeOrigin() {
    const origin = this.#origin;
    this.#requests.drop();
    return origin;
  }

  /** @param {Asked} asked */
  from({ picture, options, place, source, label = "read", keepLabel = false }) {
    const { server, model, onstart } = this.#options;
    say(this.#root, null);
    this.#last = { picture, place, source, label };
    this.#origin = { picture, options, place };
    if (!options) this.#steps?.reset();
    return this.#requests.ask(async (still) => {
      const asked = { checkpoint: model().name, picture, options, label };
      /** @type {Encoded} */
      const answer = await still(call(server, "encode", asked));
      this.#steps?.show(answer);
      if (source === "drawing") this.#input?.remember(answer.input);
      const isShown = !source || source === "drawing" || source === "example";
      if (!isShown) this.#input?.show(answer);
      const { input, z, nearer } = answer;
      onstart({ picture, options, place, input, z, nearer }, keepLabel ? undefined : answer.label);
    });
  }

  #buildClasses() {
    const buttons = classes.map((label) => {
      const places = placesOf(label);
      let next = Math.floor(Math.random() * places.length);
      const title = `Start from a real test digit ${className(label)}; press again for another one`;
      return button(className(label), { title }, async () => {
        const place = places[next++ % places.length];
        this.from({ picture: { pixels: await example(place) }, place, label });
      });
    });
    const row = find(this.#root, ".classes");
    row.classList.toggle("named", Boolean(pageSet?.classes.length));
    row.replaceChildren(...buttons);
  }

  /** @param {HTMLElement} own */
  #toggleInput(own) {
    const box = find(this.#root, ".own");
    box.hidden = !box.hidden;
    own.setAttribute("aria-expanded", String(!box.hidden));
    if (!box.hidden) this.#building ??= this.#buildInput(box);
  }

  /**
   * The input comes when it is first opened, so that the page begins lighter.
   *
   * @param {HTMLElement} box
   */
  async #buildInput(box) {
    const [{ pictureInput }, { foldedSteps }] = await Promise.all([
      import("../../parts/picture.js"),
      import("../../parts/steps.js"),
    ]);
    /** @param {DigitizerOptions} options */
    const again = (options) => this.#last && this.from({ ...this.#last, options });
    this.#input = pictureInput(box, {
      label: "Your digit",
      onpicture: ({ picture, source, place }) => this.from({ picture, source, place }),
      onchoose: (choose) => again({ choose }),
    });
    this.#steps = foldedSteps(box, again);
  }
}

/**
 * Whether the page stands where the digit that came with it does.
 *
 * @param {FirstDigit} first
 */
export const isPlaceOf = ({ checkpoint, label }) =>
  !state.u && checkpoint === state.model && (state.label === null || state.label === label);
