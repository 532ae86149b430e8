// Use: what a code is good for, each use on one picture.

import { pageSet } from "../core/boot.js";
import { on } from "../core/events.js";
import { classes, placeOf } from "../core/examples.js";
import { onParcel, openPanel, send } from "../core/handover.js";
import { requests } from "../core/requests.js";
import { onTravel } from "../core/state.js";
import { empty, paint } from "../draw/digit.js";
import { button, find, make, say } from "../parts/nodes.js";
import { OwnPicture } from "../parts/own_picture.js";
import { mountPanel } from "../parts/panel.js";
import { LinkedPicture } from "../parts/picture_link.js";
import { anomaly } from "./use/anomaly.js";
import { compress } from "./use/compress.js";
import { flat } from "./use/flat.js";
import { label } from "./use/label.js";
import { reduce } from "./use/reduce.js";
import { search } from "./use/search.js";

/** @import { Model, Server } from "../core/types.js" */
/** @import { Setting, Use } from "./use/types.js" */

/** In the order of the page; the names are those of its sections. */
/** @type {Record<string, (setting: Setting) => Use>} */
const USES = { search, anomaly, compress, label, reduce, flat };
const OF_MNIST = ["search", "anomaly", "label", "reduce", "flat"];
const ELSEWHERE = [
  ["Denoise and fill in", "reconstruct", "damage your picture and see it repaired"],
  ["Generate", "sample", "draw new digits"],
  ["Compare", "compare", "PCA beside a linear autoencoder, noise, collapse"],
  ["See the codes", "map", "10,000 test digits on a plane, by PCA, by LDA or by t-SNE"],
];

/** @typedef {{ use: Use, asking: ReturnType<typeof requests> }} Entry */

class Uses {
  /** @type {string | null} */
  #digit = null;
  #isStale = false;
  /** @type {Entry[]} */
  #uses = [];

  /**
   * @param {HTMLElement} root
   * @param {Server} server
   */
  constructor(root, server) {
    this.root = root;
    this.server = server;
    this.seen = find(root, "[data-testid=model-input]", HTMLCanvasElement);
    for (const [name, build] of Object.entries(USES)) this.#add(name, build);
    find(root, ".elsewhere").append(...ELSEWHERE.map((row) => this.#elsewhere(row)));
    this.own = new OwnPicture({
      root,
      server,
      label: "Your picture",
      linked: new LinkedPicture("used", placeOf(classes[7] ?? 0, 0)),
      ondigit: (digit) => this.#see(digit),
      onforget: () => this.#forget(),
    });
    on("model", () => this.#ask());
    on("panel", () => requestAnimationFrame(() => this.#isStale && this.#ask()));
    onParcel("use", (parcel) => this.own.receive(parcel));
    onTravel(["used"], () => this.own.travel());
    this.own.arrive();
  }

  /**
   * @param {string} name
   * @param {(setting: Setting) => Use} build
   */
  #add(name, build) {
    const view = find(this.root, `[data-use=${name}]`);
    if (pageSet && OF_MNIST.includes(name)) {
      find(view, ".say").textContent =
        `This knows the handwriting of MNIST alone; the chosen model is of ${pageSet.title}.`;
      return;
    }
    const asking = requests({
      onerror: (words) => say(this.root, words),
      onbusy: (busy) => view.setAttribute("aria-busy", String(busy)),
    });
    const again = () => this.#run(entry);
    const take = (/** @type {number} */ place) => this.own.input.takePlace(place);
    const entry = { use: build({ view, server: this.server, again, take }), asking };
    this.#uses.push(entry);
  }

  /** @param {string[]} row */
  #elsewhere([words, panel, about]) {
    const go = button(words, {}, () => {
      const takes = panel === "reconstruct" || panel === "compare";
      if (takes && this.#digit) send(panel, { picture: { digit: this.#digit } });
      else openPanel(panel);
    });
    go.dataset.send = panel;
    return make("li", {}, go, " ", make("span", { className: "muted" }, about));
  }

  // ------------------------------------------------------------------ the picture
  /** @param {string} digit */
  #see(digit) {
    paint(this.seen, digit);
    this.#digit = digit;
    return this.#ask();
  }

  #forget() {
    this.#digit = null;
    empty(this.seen);
    for (const { use, asking } of this.#uses) {
      asking.drop();
      use.clear();
    }
  }

  // ------------------------------------------------------------------ the uses
  #ask() {
    this.#isStale = this.root.offsetParent === null;
    if (this.#isStale) return;
    return Promise.all(this.#uses.map((entry) => this.#run(entry)));
  }

  /** @param {Entry} entry */
  #run({ use, asking }) {
    const digit = this.#digit;
    if (digit) return asking.ask((still) => use.ask(still, digit));
  }
}

/**
 * @param {HTMLElement} element
 * @param {Server} server
 */
export const mount = (element, server) =>
  mountPanel(element, "use", (root, /** @type {Model} */ _) => new Uses(root, server));
