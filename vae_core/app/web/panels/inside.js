// Inside: one picture's way through the chosen model, from its pixels to the loss.

import { within } from "../core/address.js";
import { call } from "../core/calls.js";
import { on } from "../core/events.js";
import { classes, placeOf } from "../core/examples.js";
import { onParcel, pixelsIn } from "../core/handover.js";
import { requests } from "../core/requests.js";
import { keep, onTravel, openedWith, state } from "../core/state.js";
import { button, find, make, say } from "../parts/nodes.js";
import { mountPanel } from "../parts/panel.js";
import { pictureInput } from "../parts/picture.js";
import { LinkedPicture } from "../parts/picture_link.js";
import { Derivation } from "./inside/derivation.js";
import { explain } from "./inside/explain.js";
import { Flow } from "./inside/flow.js";
import { SlowMotion } from "./inside/slow_motion.js";

/** @import { DigitizerOptions, Digitized, Model, Parcel, Picture, Server } from "../core/types.js" */
/** @import { Sources, Way } from "./inside/types.js" */

const SEEDS = 2 ** 31;
const PICTURE = new LinkedPicture("example", placeOf(classes[3] ?? 0, 0));

const openedSeed = () => within(openedWith("eps"), 0, SEEDS, 0, { whole: true });

class Inside {
  /** @type {{ picture: Picture, source: string, place?: number } | null} */
  #current = null;
  /** @type {string | null} */
  #digit = null;
  #seed = openedSeed();
  #isStale = false;
  /** @type {Promise<Sources> | null} */
  #sources = null;
  words = make("p", { className: "seeing-text muted" });
  drawn = make("span", { className: "small muted drawn-with" });
  controls = make("div", { className: "row controls" });
  rows = make("div", { className: "rows" });

  /**
   * @param {HTMLElement} root
   * @param {Server} server
   */
  constructor(root, server) {
    this.root = root;
    this.server = server;
    this.flow = new Flow(this.rows, find(root, ".lens"));
    const place = () => ({ checkpoint: state.model, digit: this.#digit, seed: this.#seed });
    this.step = new SlowMotion(server, place);
    this.derivation = new Derivation(server, place, () => this.#code());
    this.#build(find(root, ".way"));
    this.input = pictureInput(find(root, ".own"), {
      label: "Your picture",
      onpicture: ({ picture, source, place }) => this.#take(picture, source, place),
      onclear: () => {
        this.arrivals.drop();
        this.#current = null;
        this.#forget();
      },
      onchoose: (choose) => this.#digitize({ choose }),
    });
    this.arrivals = requests({
      about: () => this.#current,
      onerror: (words) => this.#refuse(words),
    });
    this.requests = requests({
      onerror: (words) => say(root, words),
      onbusy: (busy) => this.rows.setAttribute("aria-busy", String(busy)),
    });
    on("model", () => this.#ask());
    on("panel", () => requestAnimationFrame(() => this.#isStale && this.#ask()));
    onParcel("inside", (parcel) => this.#receive(parcel));
    this.#arrive();
  }

  /** @param {HTMLElement} way */
  #build(way) {
    const title = "Draw another ε, and leave the rest as it is";
    const again = button("Draw again", { className: "primary", title }, () => this.#redraw());
    again.dataset.testid = "draw-again";
    this.controls.append(again, this.drawn);
    const hint =
      "Point at any part, tap it, or go there with Tab and move with the arrow keys: its formula with your picture’s numbers, and the lines of the program that compute it.";
    way.append(
      make("div", { className: "explain" }, make("h2", {}, "What am I seeing?"), this.words),
      this.controls,
      make("p", { className: "small muted hint" }, hint),
      this.rows,
      this.step.element,
      this.derivation.element,
    );
  }

  #code() {
    this.#sources ??= call(this.server, "sources", {});
    return this.#sources;
  }

  // ------------------------------------------------------------------ the picture
  /**
   * @param {Picture} picture
   * @param {string} source
   * @param {number} [place] of an example
   */
  #take(picture, source, place) {
    this.#current = { picture, source, place };
    return this.#digitize({});
  }

  /** @param {DigitizerOptions} options */
  #digitize(options) {
    const current = this.#current;
    if (!current) return;
    return this.arrivals.ask(async (still) => {
      const asked = { picture: current.picture, options };
      /** @type {Digitized} */
      const answer = await still(call(this.server, "arrive", asked));
      find(this.root, ".verdict").textContent = answer.verdict;
      if (current.source !== "example") this.input.show(answer);
      this.#digit = answer.input;
      PICTURE.keep(current.place, answer.input);
      await this.#ask();
    });
  }

  /** @param {string} sentence */
  #refuse(sentence) {
    this.#forget();
    say(this.root, sentence);
    if (this.#current) this.input.showRefused(this.#current.picture);
  }

  #forget() {
    this.#digit = null;
    PICTURE.clear();
    this.requests.drop();
    this.rows.replaceChildren();
    find(this.root, ".verdict").textContent = "";
    this.step.forget();
    this.derivation.forget();
  }

  /** @param {Parcel} parcel */
  async #receive({ picture }) {
    if (!picture) return;
    const pixels = pixelsIn(picture);
    if (pixels) await this.input.show({ pixels });
    this.#take(picture, "example");
  }

  // ------------------------------------------------------------------ the way
  #redraw() {
    this.#seed += 1;
    keep({ eps: String(this.#seed) });
    this.#ask();
  }

  #ask() {
    this.#isStale = this.root.offsetParent === null;
    if (this.#isStale || !this.#digit) return;
    this.step.forget();
    this.derivation.forget();
    return this.requests.ask(async (still) => {
      const asked = { checkpoint: state.model, digit: this.#digit, seed: this.#seed };
      /** @type {[Way, Sources]} */
      const [way, sources] = await still(
        Promise.all([call(this.server, "inside", asked), this.#code()]),
      );
      say(this.root, null);
      this.flow.show(way, sources);
      this.root.dataset.eps = String(way.seed);
      this.controls.hidden = !way.eps;
      this.drawn.textContent = `seed ${way.seed}: the only thing that this button changes is ε`;
      this.words.replaceChildren(explain(way));
      this.step.show(way);
      this.derivation.show(way);
    });
  }

  #arrive() {
    this.input.ready.then(() => {
      if (!this.#current) PICTURE.take(this.input);
    });
    onTravel(["example", "eps"], () => {
      this.#seed = openedSeed();
      PICTURE.take(this.input);
    });
  }
}

/**
 * @param {HTMLElement} element
 * @param {Server} server
 */
export const mount = (element, server) =>
  mountPanel(element, "inside", (root, /** @type {Model} */ _) => new Inside(root, server));
