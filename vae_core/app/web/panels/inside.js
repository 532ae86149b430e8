// Inside: one picture's way through the chosen model, from its pixels to the loss.

import { within } from "../core/address.js";
import { call } from "../core/calls.js";
import { on } from "../core/events.js";
import { classes, placeOf } from "../core/examples.js";
import { onParcel } from "../core/handover.js";
import { requests } from "../core/requests.js";
import { keep, onTravel, openedWith, state } from "../core/state.js";
import { button, find, make, say } from "../parts/nodes.js";
import { OwnPicture } from "../parts/own_picture.js";
import { mountPanel } from "../parts/panel.js";
import { LinkedPicture } from "../parts/picture_link.js";
import { Derivation } from "./inside/derivation.js";
import { explain } from "./inside/explain.js";
import { Flow } from "./inside/flow.js";
import { SlowMotion } from "./inside/slow_motion.js";

/** @import { Model, Server } from "../core/types.js" */
/** @import { Sources, Way } from "./inside/types.js" */

const SEEDS = 2 ** 31;

const openedSeed = () => within(openedWith("eps"), 0, SEEDS, 0, { whole: true });

class Inside {
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
    this.own = new OwnPicture({
      root,
      server,
      label: "Your picture",
      linked: new LinkedPicture("example", placeOf(classes[3] ?? 0, 0)),
      ondigit: (digit) => {
        this.#digit = digit;
        return this.#ask();
      },
      onforget: () => this.#forget(),
    });
    this.requests = requests({
      onerror: (words) => say(root, words),
      onbusy: (busy) => this.rows.setAttribute("aria-busy", String(busy)),
    });
    on("model", () => this.#ask());
    on("panel", () => requestAnimationFrame(() => this.#isStale && this.#ask()));
    onParcel("inside", (parcel) => this.own.receive(parcel));
    onTravel(["example", "eps"], () => {
      this.#seed = openedSeed();
      this.own.travel();
    });
    this.own.arrive();
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

  #forget() {
    this.#digit = null;
    this.requests.drop();
    this.rows.replaceChildren();
    this.step.forget();
    this.derivation.forget();
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
}

/**
 * @param {HTMLElement} element
 * @param {Server} server
 */
export const mount = (element, server) =>
  mountPanel(element, "inside", (root, /** @type {Model} */ _) => new Inside(root, server));
