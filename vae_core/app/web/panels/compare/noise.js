// 3: robustness to noise, at a level that follows the hand.

import { within } from "../../core/address.js";
import { models } from "../../core/boot.js";
import { call } from "../../core/calls.js";
import { live } from "../../core/live.js";
import { fixed } from "../../core/numbers.js";
import { linked } from "../../core/state.js";
import { bold, fillRange, find, findAll, joined, press, say, text } from "../../parts/nodes.js";
import {
  count,
  figure,
  fill,
  modelCell,
  mseWords,
  ofModel,
  plainCell,
  shipped,
  showMissing,
  showWords,
} from "./cells.js";

/** @import { Comparison, Setting } from "./cells.js" */

/**
 * @typedef {object} Kind of damage
 * @property {string} knob what its level is
 * @property {(level: number) => DocumentFragment} words
 * @property {number} start level
 */

/** @type {Record<string, Kind>} */
const KINDS = {
  gaussian: {
    knob: "standard deviation",
    words: (level) => text`Gaussian noise of standard deviation ${figure(level)}`,
    start: 0.5,
  },
  masking: {
    knob: "share blanked",
    words: (level) => text`Blanking ${count(100 * level)} % of its pixels`,
    start: 0.5,
  },
  "salt-pepper": {
    knob: "share replaced",
    words: (level) => text`Turning ${count(100 * level)} % of its pixels black or white`,
    start: 0.3,
  },
};
const USUAL = "gaussian";
const PLAIN = ["ae", "vae-400"]; // trained on clean digits alone

/** @typedef {{ name: string, reconstruction: string, mse: number }} Repaired */
/** @typedef {{ damaged: string | null, mse: number, models: Repaired[] }} Repairs */
/** @typedef {{ digit: string, kind: string, level: number, seed: number }} Asked */

class Noise {
  #kind = USUAL;
  #seed = 0;

  /** @param {Setting} setting */
  constructor({ view, server, rosters, digit }) {
    this.view = view;
    this.roster = rosters.repairers;
    this.digit = digit;
    this.level = find(view, "[data-testid=corruption-level]", HTMLInputElement);
    this.clean = plainCell("your digit", "x");
    this.damaged = plainCell("damaged", "damaged");
    const cells = shipped(this.roster).map(modelCell);
    find(view, ".repairs").append(this.clean, this.damaged, ...cells);
    // The newest level wins, and the last one is always painted.
    this.engine = live({
      canvas: find(this.damaged, "canvas"),
      request: (payload, how) => call(server, "repair", payload, how),
      payload: () => this.#asked(),
      fits: (payload) => payload.digit === digit(),
      paint: ({ damaged, mse }) => damaged && fill(this.damaged, damaged, mseWords(mse)),
      onframe: (answer, payload) => this.#show(answer, payload),
      onerror: (sentence) => say(view.closest(".studio"), sentence),
    });
    this.kinds = findAll(view, "[data-kind]");
    this.#listen();
    this.keep = linked("noise", (text) => this.#arrive(text));
  }

  /** @param {string | null} text kind, level and seed as the link spells them: "masking:0.5:0" */
  #arrive(text) {
    const [kind, level, seed] = (text ?? "").split(":");
    this.#kind = Object.keys(KINDS).find((each) => each === kind) ?? USUAL;
    this.level.value = String(within(level, 0, 1, KINDS[this.#kind].start));
    this.#seed = within(seed, 0, 1e6, 0, { whole: true });
    this.#showLevel();
    if (this.digit()) this.engine.push();
  }

  /** @param {string} digit */
  show(digit) {
    fill(this.clean, digit, "mse 0");
    this.engine.push();
  }

  #asked() {
    const [kind, level, seed] = [this.#kind, Number(this.level.value), this.#seed];
    return { digit: this.digit(), kind, level, seed };
  }

  /** @param {Event} event */
  #changed(event) {
    this.#showLevel();
    const words = [this.#kind, this.level.value, this.#seed].join(":");
    this.keep(words === [USUAL, KINDS[USUAL].start, 0].join(":") ? null : words);
    if (this.digit()) this.engine.push(undefined, event);
  }

  #showLevel() {
    const { knob } = KINDS[this.#kind];
    press(this.kinds, ({ dataset }) => dataset.kind === this.#kind);
    const value = fixed(Number(this.level.value), 2);
    find(this.view, ".level-name").textContent = knob;
    find(this.view, ".level output").textContent = value;
    fillRange(this.level);
    this.level.setAttribute("aria-valuetext", `${knob} ${value}`);
  }

  #listen() {
    this.level.addEventListener("input", (event) => this.#changed(event));
    for (const each of this.kinds) {
      each.addEventListener("click", (event) => {
        this.#kind = each.dataset.kind ?? "";
        this.level.value = String(KINDS[this.#kind].start);
        this.#changed(event);
      });
    }
    find(this.view, "[data-do=renoise]").addEventListener("click", (event) => {
      this.#seed++;
      this.#changed(event);
    });
  }

  /**
   * @param {Repairs} answer
   * @param {Asked} payload
   */
  #show({ models: repaired, mse }, { kind, level }) {
    if (!repaired.length) return showMissing(this.view, this.roster);
    const best = repaired.reduce((one, other) => (one.mse <= other.mse ? one : other));
    for (const cell of findAll(this.view, ".repairs .cell")) {
      cell.classList.toggle("best", cell.dataset.model === best.name);
    }
    for (const one of repaired) {
      for (const cell of findAll(this.view, `.repairs ${ofModel(one.name)}`)) {
        fill(cell, one.reconstruction, mseWords(one.mse));
      }
    }
    const isRepaired = best.mse < mse;
    const tail = isRepaired ? "" : ", and still no model brings it nearer than it was";
    const words = KINDS[kind].words(level);
    showWords(
      this.view,
      text`${words} puts your digit off by an mse of ${figure(mse)}. ${joined(compared(repaired, kind), "; ")}: here ${bold(best.name)} repairs it best${tail}.`,
    );
  }
}

/**
 * The model that was trained on this kind of damage, and those that were not.
 *
 * @param {Repaired[]} repaired
 * @param {string} kind
 */
function compared(repaired, kind) {
  /** @param {string | undefined} name */
  const of = (name) => repaired.find((one) => one.name === name);
  const model = models.find(({ corruption }) => corruption?.kind === kind);
  const own = of(model?.name);
  const parts = [];
  if (own && model?.corruption) {
    const { level } = model.corruption;
    parts.push(
      text`${bold(own.name)}, trained to repair just this at a level of ${figure(level)}, brings it to ${figure(own.mse)}`,
    );
  }
  const plain = PLAIN.flatMap((name) => of(name) ?? []);
  if (plain.length) {
    const words = plain.map(({ name, mse }) => text`${bold(name)} to ${figure(mse)}`);
    const start = parts.length ? "trained" : "Trained";
    parts.push(text`${start} on clean digits alone, ${joined(words, " and ")}`);
  }
  return parts;
}

/**
 * @param {Setting} setting
 * @returns {Comparison}
 */
export function noise(setting) {
  const comparison = new Noise(setting);
  return { ask: async (_, digit) => comparison.show(digit) };
}
