// Where the hand points: the crosshair, the live picture there, and what is known of a held place.

import { readNumbers, writeNumbers } from "../../core/address.js";
import { call } from "../../core/calls.js";
import { live } from "../../core/live.js";
import { requests } from "../../core/requests.js";
import { overSocket } from "../../core/socket.js";
import { keep, openedWith } from "../../core/state.js";
import { paint } from "../../draw/digit.js";
import { neighbourCards } from "../../parts/neighbours.js";
import { find } from "../../parts/nodes.js";
import { showPlaceSoon } from "./readout.js";
import { Tangents } from "./tangents.js";

/** @import { Bytes } from "../../core/bytes.js" */
/** @import { Model, Server } from "../../core/types.js" */
/** @import { MapCanvas } from "./canvas.js" */
/** @import { Chart } from "./codes.js" */
/** @import { Own } from "./mine.js" */
/** @import { Near } from "../../parts/neighbours.js" */
/** @import { Spot } from "./view.js" */

const UNDER_HAND = 14; // screen pixels: a digit that near is under the hand
const REST_MS = 180; // before a picture that is drawn pixel by pixel is asked for
const FIRST = 0; // test digit that is decoded before anything else
const PULL = "pull"; // of a link

/** @typedef {{ model: Model, chart: Chart | null, limit: number }} Here limit: of a slider */

/**
 * @typedef {object} PointingOptions
 * @property {Server} server
 * @property {MapCanvas} map
 * @property {() => Here} here
 * @property {() => void} onpin a place is held
 * @property {(sentence: string | null) => void} onmessage
 */

export class Pointing {
  /** @type {Spot | null} */
  pinned = null; // the place that stays when the hand leaves
  /** @type {{ z: number[], pixels: string | Bytes } | null} */
  shown = null;
  /** @type {number[] | null} */
  #pulled = null; // a code off the plane: of a pulled tangent, or one's own
  #isPull = false; // whether that is the code of pulled tangents
  /** @type {number[] | null} */
  #opened = null; // the same of a link, while the code of the place is waited for
  #isDue = false; // tangents and neighbours wait for the code of a place
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #rest;
  #root;
  #options;
  #tangents;
  #nearest;
  #engine;

  /**
   * @param {HTMLElement} root of the panel
   * @param {PointingOptions} options
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    this.#tangents = new Tangents(root, {
      server: options.server,
      place: () => this.#held(),
      pulled: () => (this.#isPull ? this.#pulled : null),
      onpull: (z, event) => this.#pull(z, event),
    });
    this.#nearest = requests({ onerror: options.onmessage });
    this.#engine = this.#buildEngine();
  }

  #buildEngine() {
    const { server, onmessage } = this.#options;
    const canvas = find(this.#root, "[data-testid=live-canvas]", HTMLCanvasElement);
    const swift = overSocket(server, "decode", "recall");
    return live({
      canvas,
      request: ({ ask, ...payload }, how) => call(swift, ask, payload, how),
      payload: () => this.#asked(),
      paint: ({ pixels }) => paint(canvas, pixels),
      onframe: ({ pixels, z }, payload) => {
        this.shown = { z: z ?? payload.z, pixels };
        if (z) this.#showPlace(z);
        if (this.#isDue && z) this.#learn(); // of t-SNE the code comes with the picture
      },
      onerror: onmessage,
    });
  }

  /** What the live picture is asked for: a code, or on t-SNE a digit's own. */
  #asked() {
    const { model, chart } = this.#options.here();
    const { at, hovered } = this.#options.map;
    const checkpoint = model.name;
    const z = this.#pulled ?? (at && chart?.code(at));
    if (z) return { ask: "decode", checkpoint, z };
    return { ask: "recall", checkpoint, index: hovered ?? (at && chart?.nearest(at)) ?? FIRST };
  }

  #release() {
    if (!this.#isPull) return;
    this.#isPull = false;
    this.#tangents.release();
    keep({ [PULL]: null });
  }

  /**
   * @param {Spot} spot
   * @param {Event} [event]
   */
  point(spot, event) {
    const { here, map } = this.#options;
    const { chart, limit, model } = here();
    if (!chart) return;
    this.#release();
    this.#pulled = this.#opened = null;
    const isStatic = !chart.plane;
    const under = chart.nearest(spot, UNDER_HAND / map.view.scale);
    map.hovered = under ?? (isStatic ? chart.nearest(spot) : null);
    map.at = isStatic && map.hovered !== null ? chart.spot(map.hovered) : chart.within(spot, limit);
    if (map.hovered !== null) map.loadSheet().catch(() => {}); // its dot is there already
    map.drawOver();
    this.#showPlace(chart.code(map.at));
    clearTimeout(this.#rest);
    if (model.slow) this.#rest = setTimeout(() => this.#engine.push(), REST_MS);
    else this.#engine.push(undefined, event);
  }

  /**
   * Hold a place: it stays when the hand leaves, and its tangents and neighbours are asked for.
   *
   * @param {Spot} spot
   * @param {Event} [event]
   */
  pin(spot, event) {
    this.point(spot, event);
    this.pinned = this.#options.map.at;
    if (this.#options.here().chart?.plane) this.#learn();
    else this.#isDue = true;
    this.#options.onpin();
  }

  /** Ask what is known of the held place. */
  #learn() {
    this.#isDue = false;
    this.#tangents.ask();
    this.#askNearest();
    if (this.#opened) this.#pull(this.#opened);
    this.#opened = null;
  }

  /** The hand leaves the map. */
  leave() {
    const { map } = this.#options;
    if (this.pinned && map.at !== this.pinned && !this.#pulled) this.point(this.pinned);
    map.hovered = null;
    map.drawOver();
  }

  /** @param {Own} own a picture of one's own, decoded at its own code, off the plane too */
  showOwn(own) {
    this.#options.map.mine = own;
    this.pin(own.place);
    this.#options.map.hovered = null;
    this.#nearest.drop();
    this.#pulled = own.z;
    this.#showPlace(own.z);
    this.#engine.push();
    this.#showNear("Test digits nearest to yours", own.about);
  }

  /** The code that a link pulls to, off the place that is held. */
  openPull() {
    const z = readNumbers(openedWith(PULL));
    const { model, chart } = this.#options.here();
    if (!chart || z?.length !== model.latent_dim) return;
    if (chart.plane) this.#pull(z);
    else this.#opened = z;
  }

  /** @param {number[]} z @param {Event} [event] */
  #pull(z, event) {
    const { here, map } = this.#options;
    const { chart, limit } = here();
    this.#pulled = z.map((v) => Math.max(-limit, Math.min(limit, v)));
    this.#isPull = true;
    keep({ [PULL]: writeNumbers(this.#pulled) });
    if (chart?.plane) map.at = chart.spotOf(this.#pulled);
    map.hovered = null;
    map.drawOver();
    this.#showPlace(this.#pulled);
    this.#engine.push(undefined, event);
  }

  /** @param {number[] | null} z */
  #showPlace(z) {
    const { here, map } = this.#options;
    showPlaceSoon(this.#root, () => {
      const { chart } = here();
      return chart && map.at ? { chart, at: map.at, z, index: map.hovered } : null;
    });
  }

  /** The place whose tangents and neighbours are shown. */
  #held() {
    const { model, chart } = this.#options.here();
    const z = (this.pinned && chart?.code(this.pinned)) ?? this.shown?.z;
    return z ? { model, z } : null;
  }

  #askNearest() {
    const held = this.#held();
    if (!held) return;
    this.#nearest.ask(async (still) => {
      const asked = { checkpoint: held.model.name, z: held.z };
      const near = await still(call(this.#options.server, "near", asked));
      this.#showNear("Nearest test digits", near);
    });
  }

  /** @param {string} title @param {Near} near */
  #showNear(title, near) {
    find(this.#root, ".near-title").textContent = title;
    const cards = neighbourCards(near, (index) => {
      const { chart } = this.#options.here();
      if (chart) this.pin(chart.spot(index));
    });
    find(this.#root, ".near-row").replaceChildren(...cards);
  }
}
