// Compare: one digit, and the family's measured figures, through one comparison after the other.

import { models, pageSet } from "../core/boot.js";
import { on } from "../core/events.js";
import { classes, placeOf } from "../core/examples.js";
import { onParcel } from "../core/handover.js";
import { keep, onTravel, openedWith, state } from "../core/state.js";
import { empty, paint } from "../draw/digit.js";
import { hold } from "../parts/hold.js";
import { button, find, findAll, make, press, say } from "../parts/nodes.js";
import { OwnPicture } from "../parts/own_picture.js";
import { LinkedPicture } from "../parts/picture_link.js";
import { betas } from "./compare/betas.js";
import { collapse } from "./compare/collapse.js";
import { copying } from "./compare/copying.js";
import { draws } from "./compare/draws.js";
import { family } from "./compare/family.js";
import { noise } from "./compare/noise.js";
import { pca } from "./compare/pca.js";
import { rate } from "./compare/rate.js";
import { Views } from "./compare/views.js";

/** @import { Server } from "../core/types.js" */
/** @import { Comparison, Setting } from "./compare/cells.js" */

/** In the order of the page; the names are those of its sections. */
/** @type {Record<string, (setting: Setting) => Comparison>} */
const COMPARISONS = {
  family,
  samples: draws,
  noise,
  pca,
  beta: betas,
  copying,
  collapse,
  plane: rate,
};
/** Of another set there is no family to show the others by. */
const SHOWN = pageSet ? ["family", "plane"] : Object.keys(COMPARISONS);
const NO_MODEL = "There is no model to compare: train one with python -m vae_core train vae-400.";

class Compare {
  /**
   * @param {HTMLElement} root
   * @param {Server} server
   */
  constructor(root, server) {
    this.root = root;
    this.server = server;
    this.digit = find(root, "[data-testid=model-input]", HTMLCanvasElement);
    this.views = new Views(root, (name) => this.#markCurrent(name));
    this.#build();
    this.own = new OwnPicture({
      root,
      server,
      label: "Your digit",
      linked: new LinkedPicture("compared", placeOf(classes[5] ?? 0, 0)),
      ondigit: (digit) => {
        paint(this.digit, digit);
        this.views.take(digit);
      },
      onforget: () => {
        empty(this.digit);
        this.views.take(null);
      },
    });
    on("model", () => {
      press(findAll(root, ".cell[data-model]"), ({ dataset }) => dataset.model === state.model);
    });
    onParcel("compare", (parcel) => this.own.receive(parcel));
    this.#arrive();
  }

  #build() {
    const rosters = JSON.parse(this.root.dataset.rosters ?? "{}");
    for (const [name, build] of Object.entries(COMPARISONS)) {
      const view = find(this.root, `[data-view=${name}]`);
      view.hidden = !SHOWN.includes(name);
      if (view.hidden) continue;
      const [digit, outdate] = [() => this.views.digit, () => this.views.outdate(name)];
      this.views.add(name, view, build({ view, server: this.server, rosters, digit, outdate }));
    }
    const links = SHOWN.map((name) => this.#link(name));
    find(this.root, ".contents ol").append(...links);
  }

  // ------------------------------------------------------------------ contents
  /** @param {string} name */
  #link(name) {
    const view = this.views.elementOf(name);
    const title = view ? find(view, "h2").textContent : "";
    const long = make("span", { className: "long", textContent: title });
    const short = make("span", { className: "short", textContent: view?.dataset.short });
    const link = button([long, short], { className: "plain", title }, () => this.#goTo(name));
    link.dataset.to = name;
    return make("li", {}, link);
  }

  /** @param {string} name */
  #goTo(name) {
    const view = this.views.elementOf(name);
    if (!view) return;
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    hold(view, { behavior: isCalm ? "auto" : "smooth" });
    find(view, "h2").focus({ preventScroll: true });
    keep({ view: name }); // a link to this page opens here
  }

  /** @param {string | undefined} name of the first view in sight */
  #markCurrent(name) {
    for (const link of findAll(this.root, "[data-to]")) {
      if (name && link.dataset.to === name) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  // ------------------------------------------------------------------ arriving
  #arrive() {
    if (models.length) {
      onTravel(["compared"], () => this.own.travel());
      this.own.arrive();
    } else say(this.root, NO_MODEL);
    const view = this.views.elementOf(openedWith("view") ?? "");
    if (view) hold(view);
  }
}

/**
 * @param {HTMLElement} element
 * @param {Server} server
 */
export function mount(element, server) {
  return new Compare(find(element, "[data-testid=panel-compare]"), server);
}
