// Digits that were chosen by a lasso or by their class: counted, averaged, kept, handed on.

import { className, pageSet } from "../../core/boot.js";
import { packBits } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { send } from "../../core/handover.js";
import { whole } from "../../core/numbers.js";
import { requests } from "../../core/requests.js";
import { keep } from "../../core/state.js";
import { paint } from "../../draw/digit.js";
import { download } from "../../parts/files.js";
import { button, find, findAll, make } from "../../parts/nodes.js";
import { countByClass, csv } from "./lasso.js";

/** @import { Model, Server } from "../../core/types.js" */
/** @import { Chart } from "./codes.js" */

/**
 * @typedef {object} SelectionOptions
 * @property {Server} server
 * @property {() => { model: Model, chart: Chart | null }} here
 * @property {(chosen: Uint8Array | null) => void} onchange
 * @property {(sentence: string) => void} onerror
 */

/** There are ten colours; of a set of more classes the map names none. */
const many = pageSet ? pageSet.classes.length : 10;
const shownClasses = many > 10 ? [] : [...Array(many).keys()];

export class Selection {
  #box;
  #options;
  #requests;
  /** @type {Uint8Array | null} */
  #chosen = null;
  /** @type {{ z: number[], pixels: string } | null} */
  #mean = null;
  /** @type {HTMLElement[]} */
  #classes;

  /**
   * @param {HTMLElement} root of the panel
   * @param {SelectionOptions} options
   */
  constructor(root, options) {
    this.#box = find(root, ".selection");
    this.#options = options;
    this.#requests = requests({ onerror: options.onerror });
    this.#classes = shownClasses.map((digit) => this.#classButton(digit));
    find(root, ".legend").replaceChildren(...this.#classes);
    find(this.#box, "[data-do=clear]").addEventListener("click", () => this.clear());
    find(this.#box, "[data-do=csv]").addEventListener("click", () => this.#keep());
    for (const each of findAll(this.#box, "[data-send]")) {
      each.addEventListener("click", () => this.#send(each.dataset.send ?? ""));
    }
  }

  /** @param {number} digit */
  #classButton(digit) {
    const dot = make("i", {});
    dot.style.background = `var(--class-${digit})`;
    const title = `Choose the test digits ${className(digit)}`;
    const made = button([dot, className(digit)], { title, className: "class" }, () => {
      const isOn = made.getAttribute("aria-pressed") === "true";
      const { chart } = this.#options.here();
      if (isOn || !chart) return this.clear();
      this.chooseClass(digit);
    });
    made.setAttribute("aria-pressed", "false");
    made.setAttribute("aria-label", title);
    return made;
  }

  /** @param {number} digit */
  chooseClass(digit) {
    const { chart } = this.#options.here();
    if (!chart) return;
    this.choose(Uint8Array.from(chart.labels, (label) => Number(label === digit)));
    this.#classes[digit].setAttribute("aria-pressed", "true");
    keep({ class: String(digit) });
  }

  /** Nothing is chosen any more. */
  clear() {
    this.#requests.drop();
    this.#chosen = this.#mean = null;
    this.#box.hidden = true;
    this.#unpress();
    this.#options.onchange(null);
  }

  #unpress() {
    for (const each of this.#classes) each.setAttribute("aria-pressed", "false");
  }

  /** @param {Uint8Array} chosen 1 for each digit */
  choose(chosen) {
    const { model, chart } = this.#options.here();
    const count = chosen.reduce((sum, v) => sum + v, 0);
    if (!chart || !count) return this.clear();
    this.#unpress();
    this.#chosen = chosen;
    this.#options.onchange(chosen);
    this.#box.hidden = false;
    this.#count(chosen, chart, count);
    this.#requests.ask(async (still) => {
      const asked = { checkpoint: model.name, chosen: packBits(chosen) };
      this.#mean = await still(call(this.#options.server, "selection", asked));
      if (this.#mean) paint(find(this.#box, "canvas", HTMLCanvasElement), this.#mean.pixels);
    });
  }

  /** @param {Uint8Array} chosen @param {Chart} chart @param {number} count */
  #count(chosen, chart, count) {
    const counts = countByClass(chosen, chart.labels);
    const most = Math.max(...counts);
    find(this.#box, ".count").textContent = `${whole(count)} test digits`;
    const bars = shownClasses.map((digit) => {
      const n = counts[digit];
      const bar = make("i", { className: "bar" });
      bar.style.setProperty("--share", `${(100 * n) / most}%`);
      bar.style.setProperty("--hue", `var(--class-${digit})`);
      const words = make("span", { className: "num" }, whole(n));
      return make("li", {}, make("b", { className: "num" }, className(digit)), bar, words);
    });
    find(this.#box, ".counts").replaceChildren(...bars);
  }

  #keep() {
    const { model, chart } = this.#options.here();
    if (this.#chosen && chart) {
      download(`map-${model.name}.csv`, csv(chart, this.#chosen), "text/csv");
    }
  }

  /** @param {string} target Explore, or an end of Interpolate */
  #send(target) {
    if (!this.#mean) return;
    const code = { z: this.#mean.z, pixels: this.#mean.pixels, label: null, from: "map" };
    if (target === "explore") send("explore", code);
    else send("interpolate", { ...code, end: target });
  }
}
