// Sample: draws from the prior as a grid; temperature and spread follow the hand.

import { readNumbers, within, writeNumbers } from "../core/address.js";
import { pack } from "../core/bytes.js";
import { call } from "../core/calls.js";
import { emit, on } from "../core/events.js";
import { onParcel, send } from "../core/handover.js";
import { live } from "../core/live.js";
import { fixed } from "../core/numbers.js";
import { keep, model, onTravel, openedWith, set, state } from "../core/state.js";
import { pixelsOf } from "../draw/digit.js";
import { png } from "../draw/png.js";
import { download } from "../parts/files.js";
import { labelRow } from "../parts/labels.js";
import { fillRange, find, say } from "../parts/nodes.js";
import { Census } from "./sample/census.js";
import { Clicks } from "./sample/clicks.js";
import { CloudsView } from "./sample/clouds.js";
import { explain } from "./sample/explain.js";
import { Grid } from "./sample/grid.js";
import { ANY, FIELDS, labelAskedFor } from "./sample/opened.js";
import { SamplerChooser } from "./sample/sampler.js";
import { Watch } from "./sample/watch.js";

/** @import { Bytes } from "../core/bytes.js" */
/** @import { Server } from "../core/types.js" */

const SCALE = 4; // of a kept picture
const MOST_DRAWS = 256;
const LARGEST_SEED = 999999999;
/** @typedef {{ checkpoint: string, label: number | null, sampler?: string }} Origin of draws */

class Sample {
  /** @type {number[][]} */
  #codes = [];
  /** @type {number | null} */
  #label = labelAskedFor(); // of all draws; null: each has one of its own
  /** @type {number[] | null} */
  #labels = null; // of each draw, where the model takes labels
  /** @type {Origin | null} */
  #drawnFrom = null; // what the codes belong to: a model and a label
  /** @type {number[] | null} */
  #centre = null;

  /**
   * @param {HTMLElement} root
   * @param {Server} server
   */
  constructor(root, server) {
    this.root = root;
    const place = find(root, "[data-testid=sample-grid]");
    const [n, seed, temperature, spread] = ["n", "seed", "temperature", "spread"].map((name) =>
      find(root, `[name=${name}]`, HTMLInputElement),
    );
    this.fields = { n, seed, temperature, spread };
    this.sampler = new SamplerChooser(root, (event) => {
      this.#showSampler();
      this.#drawAround(null, event);
    });
    this.grid = new Grid(place, (at, event) => this.#choose(at, event));
    this.clicks = new Clicks(root);
    this.watch = new Watch(root, server, ({ z, label }, digit) => {
      const [checkpoint, pixels] = [state.model, pack(digit)];
      send("explore", { z, checkpoint, label, pixels, from: "sample" });
    });
    this.clouds = new CloudsView(root, server, () => this.sampler.kind);
    this.census = new Census(
      root,
      (at, words) => this.grid.describe(at, words),
      (still) => still(call(server, "reads", this.#asked().body)),
    );
    this.engine = live({
      canvas: place,
      request: ({ name, body }, how) => call(server, name, body, how),
      payload: () => this.#asked(),
      fits: ({ body }) => body.checkpoint === state.model,
      paint: (answer) => this.#show(answer),
      onframe: (_, { body }) => {
        this.#drawnFrom = body;
        this.watch.keepFor(body);
      },
      onerror: (sentence) => say(root, sentence),
    });
    this.#arrive();
    this.#listen();
    this.engine.push();
  }

  get #givenLabel() {
    return model()?.takes_labels ? this.#label : null;
  }

  /** @param {number | null} label */
  #give(label) {
    this.#label = label;
    keep({ digit: label === null ? ANY : String(label) });
    emit("change", { label });
    this.#explain();
  }

  /** The function to ask and its argument. */
  #asked() {
    const { n, seed, temperature } = state;
    const draw = { checkpoint: state.model, n, seed, label: this.#givenLabel };
    const [z, spread] = [this.#centre, Number(this.fields.spread.value)];
    return z
      ? { name: "around", body: { ...draw, z, spread } }
      : { name: "sample", body: { ...draw, temperature, sampler: this.sampler.kind } };
  }

  /** @param {{ z: number[][], pixels: Bytes, labels: number[] | null }} answer */
  #show({ z, pixels, labels }) {
    this.#codes = z;
    this.#labels = labels;
    this.grid.show(pixels, z.length, this.#centre !== null);
    this.census.askSoon();
  }

  /**
   * A draw was pressed.
   *
   * @param {number} at
   * @param {MouseEvent} event
   */
  #choose(at, event) {
    const z = this.#codes[at];
    if (!z || !this.#drawnFrom) return;
    const { checkpoint } = this.#drawnFrom;
    const label = this.#labels?.[at] ?? this.#drawnFrom.label;
    const pixels = pixelsOf(this.grid.canvases[at]);
    if (this.clicks.kind === "use" && !event.shiftKey && pixels)
      return send("use", { picture: { pixels }, from: "sample" });
    if (this.clicks.kind === "explore" && !event.shiftKey) {
      return send("explore", { z, checkpoint, label, pixels, from: "sample" });
    }
    if (checkpoint !== state.model) return; // the next model's draws are under way
    if (this.clicks.kind === "watch" && !event.shiftKey) {
      return this.watch.open(this.#drawnFrom, at, this.grid.canvases[at].parentElement);
    }
    this.#give(label);
    this.#drawAround(z, event);
  }

  /**
   * @param {number[] | null} centre null for all of the prior
   * @param {Event} [event]
   */
  #drawAround(centre, event) {
    this.#centre = centre;
    this.#showCentre();
    this.engine.push(undefined, event);
  }

  #showCentre() {
    const { spread } = this.fields;
    this.clicks.allowWatching(this.sampler.comesInSteps && this.#centre === null);
    fillRange(spread);
    find(this.root, ".spread-value").textContent = fixed(Number(spread.value), 2);
    find(this.root, ".around-bar").hidden = this.#centre === null;
    const [around, its] = this.#centre ? [writeNumbers(this.#centre), spread.value] : [null, null];
    keep({ around, spread: its });
  }

  #showTemperature() {
    fillRange(this.fields.temperature);
    find(this.root, ".heat-value").textContent = fixed(state.temperature, 2);
  }

  /** A fitted sampler knows no temperature. */
  #showSampler() {
    find(this.root, ".heat").hidden = !this.sampler.isPrior;
    this.clouds.refresh();
    this.#explain();
  }

  #explain() {
    const [chosen, { kind }] = [model(), this.sampler];
    if (!chosen) return;
    find(this.root, ".seeing-text").replaceChildren(...explain(chosen, this.#label, kind));
  }

  /**
   * The whole number in a field, null with a sentence where there is none.
   *
   * @param {HTMLInputElement} field
   * @param {number} low
   * @param {number} high
   */
  #readWhole(field, low, high) {
    const value = within(field.value, low, high, null, { whole: true });
    const name = field.name === "n" ? "number" : field.name;
    if (value === null) {
      say(this.root, `The ${name} must be a whole number from ${low} to ${high}.`);
    }
    return value;
  }

  /** @param {Event} event */
  #draw(event) {
    say(this.root, null);
    const n = this.#readWhole(this.fields.n, 1, MOST_DRAWS);
    const seed = this.#readWhole(this.fields.seed, 0, LARGEST_SEED);
    if (n === null || seed === null) return;
    set({ n, seed });
    this.engine.push(undefined, event);
  }

  /**
   * Pressing Draw again means "other ones": the next seed, which stays on show.
   *
   * @param {Event} event
   */
  #drawOthers(event) {
    const { n, seed } = this.fields;
    const isSame = n.value === String(state.n) && seed.value === String(state.seed);
    if (isSame && this.engine.frames > 0)
      seed.value = String((state.seed + 1) % (LARGEST_SEED + 1));
    this.#draw(event);
  }

  /** The fields as the address has them. */
  #arrive() {
    const { n, seed, temperature, spread } = this.fields;
    n.value = String(state.n);
    seed.value = String(state.seed);
    temperature.value = String(state.temperature);
    const around = readNumbers(openedWith("around"));
    this.#centre = around?.length === model()?.latent_dim ? around : null;
    spread.value = String(within(openedWith("spread"), 0, 1, Number(spread.value)));
    this.sampler.adopt(model());
    this.#showTemperature();
    this.#showCentre();
    this.#showSampler();
  }

  #listen() {
    const { root, fields } = this;
    const draw = (/** @type {Event} */ event) => this.#draw(event);
    fields.n.addEventListener("change", draw);
    fields.seed.addEventListener("change", draw);
    find(root, "form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#draw(event);
    });
    fields.temperature.addEventListener("input", (event) => {
      set({ temperature: Number(fields.temperature.value) });
      this.#showTemperature();
      this.#drawAround(null, event);
    });
    fields.spread.addEventListener("input", (event) => this.#drawAround(this.#centre, event));
    this.#listenToButtons();
    labelRow(
      find(root, ".given-label"),
      (event, label) => {
        this.#give(label);
        this.engine.push(undefined, event);
      },
      { chosen: () => this.#label, unknown: "any" },
    );
    onTravel(FIELDS, () => {
      this.#label = labelAskedFor();
      this.sampler.arrive();
      this.#arrive();
      emit("change", { label: state.label });
      this.engine.push();
    });
    on("model", () => {
      this.sampler.adopt(model());
      this.#showSampler();
      this.#drawAround(null);
    });
    onParcel("sample", ({ z, label }) => {
      if (z?.length !== model()?.latent_dim) return;
      this.#give(label ?? null);
      this.#drawAround(z ?? null);
    });
  }

  #listenToButtons() {
    const { root } = this;
    const run = find(root, "[data-testid=sample-run]");
    run.addEventListener("click", (event) => this.#drawOthers(event));
    const back = find(root, "[data-do=back]");
    back.addEventListener("click", (event) => this.#drawAround(null, event));
    find(root, "[data-do=png]").addEventListener("click", () => this.#keepPng());
  }

  async #keepPng() {
    const file = `${state.model}-samples-seed-${state.seed}.png`;
    download(file, await png(this.grid.rows, { scale: SCALE }));
  }
}

/**
 * @param {HTMLElement} element
 * @param {Server} server
 */
export function mount(element, server) {
  return new Sample(find(element, "[data-testid=panel-sample]"), server);
}
