// Interpolate: two ends, the way between them as a strip, and a scrubber that decodes live.

import { crossFade } from "../core/bytes.js";
import { call } from "../core/calls.js";
import { sentenceOf } from "../core/errors.js";
import { on } from "../core/events.js";
import { onParcel, send } from "../core/handover.js";
import { live } from "../core/live.js";
import { overSocket } from "../core/socket.js";
import { keep, keepPicture, model, onTravel } from "../core/state.js";
import { paint } from "../draw/digit.js";
import { onArrowKey } from "../parts/keys.js";
import { fillRange, find, findAll, press, say } from "../parts/nodes.js";
import { mountPanel } from "../parts/panel.js";
import { End } from "./interpolate/end.js";
import { explain } from "./interpolate/explain.js";
import { handOut } from "./interpolate/handout.js";
import * as link from "./interpolate/opened.js";
import { showPlace } from "./interpolate/place.js";
import { Player } from "./interpolate/player.js";
import { WayStrips } from "./interpolate/strips.js";
import { Ways } from "./interpolate/ways.js";

/** @import { Model, Server } from "../core/types.js" */
/** @import { Way } from "./interpolate/strips.js" */

const USUAL_PATH = "spherical"; // a straight way falls below the lengths that the prior draws
const KEYS = { step: 0.02, largeStep: 0.1 };

class Interpolate {
  #askedPath = link.openedPath(); // or as chosen; null leaves it to the model
  #steps = link.USUAL_STEPS;
  /** @type {number[] | null} */
  #here = null; // z where the scrubber stands
  #busy = 0; // requests under way

  /**
   * @param {HTMLElement} root
   * @param {Server} server
   * @param {Model} chosen
   */
  constructor(root, server, chosen) {
    this.root = root;
    this.server = server;
    this.model = chosen;
    this.hero = find(root, "[data-testid=live-canvas]", HTMLCanvasElement);
    this.fade = find(root, ".fade canvas", HTMLCanvasElement);
    this.field = find(root, "[data-do=steps]", HTMLInputElement);
    this.scrubber = find(root, "[data-testid=scrubber]", HTMLInputElement);
    this.a = this.#buildEnd("a", "First digit");
    this.b = this.#buildEnd("b", "Second digit");
    this.strips = new WayStrips(root, (t, event) => this.#scrubTo(t, event));
    this.player = new Player(find(root, "[data-do=play]"), {
      place: () => this.#t,
      move: (t) => this.#moveTo(t),
      steps: () => this.#steps,
      isReady: () => this.#ends !== null,
    });
    this.engine = this.#buildEngine();
    this.ways = new Ways(root, {
      server,
      onway: (way) => this.#showWay(way),
      oncurve: () => this.#moved(),
      onbusy: (busy) => this.#showBusy(busy),
      onerror: (sentence) => say(root, sentence),
    });
    this.#listen();
    this.#arrive();
  }

  /**
   * @param {"a" | "b"} name
   * @param {string} label
   */
  #buildEnd(name, label) {
    const testids = { upload: `image-${name}`, pad: `drawing-pad-${name}` };
    return new End(
      find(this.root, `[data-end=${name}]`),
      { name, label, testids },
      {
        server: this.server,
        onbusy: (busy) => this.#showBusy(busy),
        onchange: () => this.#changed(),
        onmessage: (sentence) => this.#sayOf(name, sentence),
      },
    );
  }

  #buildEngine() {
    const swift = overSocket(this.server, "between");
    return live({
      canvas: this.hero,
      request: (payload, how) => call(swift, "between", payload, how),
      payload: () => this.ways.at(this.#asked(), this.#t),
      paint: ({ pixels }) => paint(this.hero, pixels),
      onframe: ({ z }) => {
        const t = this.#t;
        this.#here = z;
        keep({ t: link.spellPlace(t) });
        showPlace(this.root, this.model, { t, z, reading: this.strips.readingAt(t) });
      },
      onerror: (sentence) => sentence && say(this.root, sentence),
    });
  }

  /** Place of the scrubber, 0 to 1. */
  get #t() {
    return Number(this.scrubber.value);
  }

  /** Both codes, null while one is missing. */
  get #ends() {
    const [a, b] = [this.a.read, this.b.read];
    return a && b ? { a, b } : null;
  }

  get #labels() {
    const ends = this.#ends;
    return this.model.takes_labels && ends ? [ends.a.label, ends.b.label] : null;
  }

  /** What was asked for, else the way that reads best under this model. */
  get #path() {
    return this.#askedPath ?? this.model.path ?? USUAL_PATH;
  }

  #asked() {
    const [a, b] = [this.a.read?.z ?? [], this.b.read?.z ?? []];
    return { checkpoint: this.model.name, a, b, labels: this.#labels, path: this.#path };
  }

  /** @param {boolean} busy */
  #showBusy(busy) {
    this.#busy += busy ? 1 : -1;
    this.root.classList.toggle("is-busy", this.#busy > 0);
  }

  /**
   * @param {string} name of an end
   * @param {string | null} sentence
   */
  #sayOf(name, sentence) {
    say(this.root, sentence && `${name.toUpperCase()}: ${sentence}`);
    if (sentence) find(this.root, "[data-testid=message]").scrollIntoView({ block: "nearest" });
  }

  /** @param {Event} [event] */
  #moved(event) {
    fillRange(this.scrubber);
    this.strips.mark(this.#t);
    const ends = this.#ends;
    if (!ends) return;
    paint(this.fade, crossFade(ends.a.bytes, ends.b.bytes, this.#t));
    this.engine.push(undefined, event);
  }

  /**
   * @param {number} t
   * @param {Event} [event]
   */
  #moveTo(t, event) {
    this.scrubber.value = String(t);
    this.#moved(event);
  }

  /**
   * By hand, which ends the play.
   *
   * @param {number} t
   * @param {Event} event
   */
  #scrubTo(t, event) {
    this.player.pause();
    this.#moveTo(t, event);
  }

  #changed() {
    const ends = this.#ends;
    if (!ends) return;
    this.#mirror();
    this.#explain();
    this.ways.ask(this.#asked(), this.#steps, ends);
    this.#moved();
  }

  /** @param {Way} way */
  #showWay(way) {
    const ends = this.#ends;
    if (ends) this.strips.show(way, ends.a.bytes, ends.b.bytes);
    this.strips.mark(this.#t);
  }

  #mirror() {
    keepPicture("a", this.a.spell());
    keepPicture("b", this.b.spell());
    keep({
      path: this.#askedPath,
      steps: this.#steps === link.USUAL_STEPS ? null : String(this.#steps),
    });
  }

  #explain() {
    find(this.root, ".seeing-text").replaceChildren(...explain(this.model, this.#ends));
  }

  #swap() {
    this.a.swapWith(this.b);
    this.scrubber.value = String(1 - this.#t);
    this.#changed();
  }

  #showPath() {
    press(findAll(this.root, "[data-path]"), ({ dataset }) => dataset.path === this.#path);
  }

  /** @param {HTMLInputElement} field */
  #setSteps({ value }) {
    const steps = link.stepsOf(value);
    say(this.root, steps === null ? link.stepsRule(value) : null);
    if (steps === null) return;
    this.#steps = steps;
    this.#changed();
  }

  #listen() {
    const { root, scrubber } = this;
    scrubber.addEventListener("input", (event) => this.#scrubTo(this.#t, event));
    onArrowKey(scrubber, KEYS, (step, event) => this.#scrubTo(this.#t + step, event));
    find(root, "[data-do=swap]").addEventListener("click", () => this.#swap());
    for (const each of findAll(root, "[data-path]")) {
      each.addEventListener("click", () => {
        this.#askedPath = each.dataset.path ?? null;
        this.#showPath();
        this.#changed();
      });
    }
    this.field.addEventListener("change", () => this.#setSteps(this.field));
    for (const each of findAll(root, "[data-send]")) {
      each.addEventListener("click", () => {
        const z = this.#here;
        if (z) send(each.dataset.send ?? "", { z, from: "interpolate" });
      });
    }
    for (const each of findAll(root, "[data-keep]")) {
      each.addEventListener("click", () => this.#keep(each.dataset.keep ?? ""));
    }
    on("panel", (panel) => panel !== "interpolate" && this.player.pause());
    on("model", () => this.#changeModel());
    onParcel("interpolate", (parcel) => (parcel.end === "b" ? this.b : this.a).receive(parcel));
  }

  /** @param {string} kind */
  async #keep(kind) {
    const { model: its, strips } = this;
    const [ends, path, labels] = [this.#ends, this.#path, this.#labels];
    if (!ends || !strips.way) return;
    const film = () => this.ways.film(this.#asked());
    try {
      await handOut(this.root, kind, { model: its, ends, strips, path, labels, film });
    } catch (error) {
      say(this.root, sentenceOf(error));
    }
  }

  #arrive() {
    this.#readLink();
    this.#explain();
    // Two real digits are there on arrival, unless something was sent meanwhile.
    for (const end of [this.a, this.b]) {
      end.input.ready.then(() => void (end.isTaken || end.takeOpened()));
    }
    onTravel(link.FIELDS, () => {
      this.#readLink();
      for (const end of [this.a, this.b]) end.takeOpened();
    });
  }

  #readLink() {
    this.#askedPath = link.openedPath();
    this.#steps = link.openedSteps();
    this.#showPath();
    this.field.value = String(this.#steps);
    this.scrubber.value = String(link.openedPlace());
  }

  #changeModel() {
    this.model = model() ?? this.model;
    this.#showPath();
    this.#explain();
    this.a.readAgain();
    this.b.readAgain();
  }
}

/**
 * @param {HTMLElement} element
 * @param {Server} server
 */
export const mount = (element, server) =>
  mountPanel(element, "interpolate", (root, chosen) => new Interpolate(root, server, chosen));
