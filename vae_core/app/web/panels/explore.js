// Explore: sliders in the order of their measured KL, one live picture, and ways to start.

import { writeNumbers } from "../core/address.js";
import { boot, pageSet } from "../core/boot.js";
import { packed } from "../core/bytes.js";
import { call } from "../core/calls.js";
import { on } from "../core/events.js";
import { onParcel } from "../core/handover.js";
import { live } from "../core/live.js";
import { normal } from "../core/prior.js";
import { overSocket } from "../core/socket.js";
import { givenLabel, model, notices, onTravel, set, state } from "../core/state.js";
import { paint } from "../draw/digit.js";
import { Gauge } from "../parts/gauge.js";
import { find, onClick, say } from "../parts/nodes.js";
import { mountPanel } from "../parts/panel.js";
import { clamped, moveTo } from "./explore/code.js";
import { explain } from "./explore/explain.js";
import { firstExample } from "./explore/first_example.js";
import { frozenByLink } from "./explore/frozen.js";
import { mountHand } from "./explore/hand.js";
import { mountHandout } from "./explore/handout.js";
import { mountLookalikes } from "./explore/lookalikes.js";
import { namer } from "./explore/names.js";
import { mountPad } from "./explore/pad_fold.js";
import { mountRandom } from "./explore/random.js";
import { showReading } from "./explore/reading.js";
import { RowSettings } from "./explore/row_settings.js";
import { FILM, Rows } from "./explore/rows.js";
import { mountSmooth } from "./explore/smooth.js";
import { isPlaceOf, Starts } from "./explore/start.js";
import { Steers } from "./explore/steers.js";
import { Strips } from "./explore/strips.js";

/** @import { Bytes } from "../core/bytes.js" */
/** @import { FirstDigit, Model, Parcel, Server } from "../core/types.js" */
/** @import { Start } from "./explore/start.js" */

const [SLOW_REST_MS, ARRIVAL_MS] = [200, 50];

class Explore {
  /** @type {number[]} */
  #u = [];
  /** @type {string | Bytes | null} */
  #pixels = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #slowTimer;

  /**
   * @param {HTMLElement} root
   * @param {Server} server
   * @param {Model} chosen
   */
  constructor(root, server, chosen) {
    this.root = root;
    this.server = server;
    this.model = chosen;
    this.canvas = find(root, "[data-testid=live-canvas]", HTMLCanvasElement);
    this.gauge = new Gauge(find(root, ".gauge"));
    this.rows = new Rows(root, {
      onmove: (dim, value, event) => {
        this.#u[dim] = value;
        this.#movedByHand(event);
      },
      onfreeze: (dim) => this.settings.toggle(dim),
    });
    this.settings = new RowSettings(root, this.rows, () => this.#u);
    this.steers = this.#buildSteers();
    this.showNames = namer(server, this.rows, this.steers);
    this.starts = new Starts(root, {
      server,
      model: () => this.model,
      onstart: (start, label) => this.#jump(start.z, { start, label }),
      onknown: () => this.gauge.show(...this.#place()),
    });
    this.engine = this.#buildEngine();
    this.strips = this.#buildStrips();
    const place = () => ({ model: this.model, z: clamped(this.model, this.#u) });
    this.hand = mountHand(root, server, place, (event) => {
      this.#paint(event);
      this.strips.askSoon();
    });
    this.#listen();
    this.#arrive(boot.first);
  }

  #buildSteers() {
    const onmove = (/** @type {number[]} */ u, /** @type {Event} */ event) => {
      this.#u = clamped(this.model, u);
      this.rows.show(this.#u);
      this.#movedByHand(event);
    };
    const byHand = { model: () => this.model, place: () => this.#u, onmove };
    mountPad(this.root, byHand);
    return new Steers(this.root, byHand);
  }

  #buildEngine() {
    const swift = overSocket(this.server, "decode");
    return live({
      canvas: this.canvas,
      request: (payload, how) => call(swift, "decode", payload, how),
      payload: () => ({ checkpoint: this.model.name, z: this.#u, label: givenLabel() }),
      paint: ({ pixels }) => paint(this.canvas, pixels),
      onframe: ({ pixels }) => {
        this.#pixels = pixels;
        if (this.model.slow) this.strips.askSoon(ARRIVAL_MS); // only now there is one to be read
      },
      onerror: (sentence) => say(this.root, sentence),
    });
  }

  #buildStrips() {
    return new Strips({
      server: this.server,
      film: FILM,
      place: () => ({
        checkpoint: this.model.name,
        z: clamped(this.model, this.#u),
        label: givenLabel(),
        shown: this.model.slow ? this.#shown : null, // painted already, and dear to paint again
      }),
      isVisible: () => this.root.offsetParent !== null,
      onreading: (reading) => showReading(this.root, this.canvas, reading, this.gauge.verdict),
      onfilms: (sheet, dims) => this.rows.showFilms(sheet, dims),
      onerror: (sentence) => say(this.root, sentence),
    });
  }

  /** @param {Event} event */
  #movedByHand(event) {
    this.starts.leave();
    this.#moved(event);
  }

  /**
   * Ask for the picture; one that is drawn pixel by pixel waits until the hand rests.
   *
   * @param {Event} [event]
   */
  #paint(event) {
    clearTimeout(this.#slowTimer);
    if (this.model.slow) this.#slowTimer = setTimeout(() => this.engine.push(), SLOW_REST_MS);
    else this.engine.push(undefined, event);
  }

  /** @param {Event} [event] */
  #moved(event) {
    this.#paint(event);
    set({ u: [...this.#u] });
    this.starts.keep();
    this.steers.showSoon(this.#u);
    this.gauge.showSoon(() => this.#place());
    if (!this.model.slow) this.strips.askSoon();
    this.hand.follow();
  }

  /** The picture that is on show as base64, null before the first. */
  get #shown() {
    return this.#pixels && packed(this.#pixels);
  }

  /** @returns {[number[], number | null]} the code, and its rank while it is that of a picture */
  #place() {
    const start = this.starts.current;
    const isCode = start && writeNumbers(clamped(this.model, start.z)) === writeNumbers(this.#u);
    return [this.#u, isCode ? start.nearer : null];
  }

  /** @type {(u: number[], start: Start | null, event?: Event) => void} */
  #goTo(u, start, event) {
    this.#u = [...u];
    this.starts.show(start);
    this.rows.show(this.#u);
    this.#moved(event);
    this.gauge.show(...this.#place());
  }

  /**
   * @param {number[]} next
   * @param {{ event?: Event, start?: Start | null, frozen?: Set<number>, label?: number | null }} [how]
   */
  #jump(next, { event, start = null, frozen = new Set(), label } = {}) {
    this.#give(label);
    this.#goTo(moveTo(this.model, this.#u, next, frozen), start, event);
  }

  /** @type {(draw: (old: number, dim: number) => number, event: Event) => void} of each slider that is not frozen */
  #redraw(draw, event) {
    this.starts.leave();
    this.#jump(this.#u.map(draw), { event, frozen: this.settings.frozen });
  }

  /** @param {number | null | undefined} label that the model is given; undefined leaves it */
  #give(label) {
    if (this.model.takes_labels && label !== undefined) set({ label });
  }

  /**
   * Begin with the chosen model, at the mean or at a code.
   *
   * @param {number[] | null} code
   * @param {number[]} [frozen] sliders
   */
  #adopt(code, frozen = []) {
    const { model: chosen, root } = this;
    this.#u = code?.length === chosen.latent_dim ? [...code] : Array(chosen.latent_dim).fill(0);
    this.gauge.adopt(chosen);
    this.starts.show(null);
    root.classList.toggle("slow", chosen.slow);
    this.settings.adopt(chosen, frozen);
    this.gauge.show(...this.#place());
    find(root, ".seeing-text").replaceChildren(...explain(chosen));
    this.#paint();
    this.strips.askSoon(ARRIVAL_MS);
    this.hand.follow();
    this.showNames(chosen);
  }

  /** @param {FirstDigit | null} first that came with the page */
  #arrive(first) {
    const frozen = frozenByLink(); // once
    if (first && isPlaceOf(first)) {
      const { input, z, nearer, pixels, label, place } = first;
      if (label !== null) set({ label });
      paint(this.canvas, pixels);
      this.#adopt(z, frozen);
      this.starts.show({ picture: { pixels: input }, input, z, nearer, place });
      this.gauge.show(...this.#place());
    } else {
      this.#adopt(state.u, frozen);
      if (state.u) this.starts.open();
      // A link's label says how to paint; the digit that the panel begins with is read as what it is.
      const keepLabel = state.label !== null;
      if (first && !state.u) {
        const { input, place } = first;
        this.starts.from({ picture: { pixels: input }, keepLabel, place });
      } else if (pageSet && !state.u) this.#begin();
    }
    if (notices.length) say(this.root, notices.join(" "));
  }

  /** A page of another set opens on an example of it, as the first page does. */
  async #begin() {
    const first = await firstExample();
    if (first && !state.u)
      this.starts.from({ picture: { pixels: first.pixels }, place: first.place });
  }

  #changeModel() {
    this.model = model() ?? this.model;
    const origin = this.starts.takeOrigin();
    this.#adopt(state.u); // a place that Back brings has a code of its own
    if (origin && !state.u) this.starts.from(origin);
    else if (!state.u) set({ u: [...this.#u] });
  }

  /** To where Back, Forward, undo or redo lead. */
  #travel() {
    this.starts.leave();
    this.settings.arrive(this.model);
    if (!state.u) {
      this.starts.emptyPad();
      return this.#arrive(boot.first);
    }
    this.#goTo(state.u, null);
    this.starts.open();
  }

  /** @param {Parcel} parcel */
  #receive({ picture, z, label }) {
    this.starts.leave();
    if (picture) this.starts.from({ picture });
    else if (z?.length === this.model.latent_dim) this.#jump(z, { label });
  }

  #listen() {
    mountRandom(this.root, this.server, {
      model: () => this.model,
      noise: (event) => this.#redraw(normal, event),
      drawn: (z, event) => this.#redraw((_, dim) => z[dim], event),
    });
    onClick(this.root, "reset", (event) => this.#redraw(() => 0, event));
    mountSmooth(this.root, this.canvas);
    mountLookalikes(this.root, this.canvas, this.server);
    const shown = () => ({ model: this.model, u: this.#u, pixels: this.#shown });
    mountHandout(this.root, this.canvas, shown);
    on("model", () => this.#changeModel());
    onTravel(["model", "z", "label", "from", "scale", "frozen"], () => this.#travel());
    onParcel("explore", (parcel) => this.#receive(parcel));
  }
}

/**
 * @param {HTMLElement} element
 * @param {Server} server
 */
export const mount = (element, server) =>
  mountPanel(element, "explore", (root, chosen) => new Explore(root, server, chosen));
