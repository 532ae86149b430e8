// A pad that moves two latents at once: one across, one upwards, by mouse, finger or arrow keys.

import { readNumbers } from "../../core/address.js";
import { on } from "../../core/events.js";
import { signed } from "../../core/numbers.js";
import { linked } from "../../core/state.js";
import { attributes, find, make } from "../../parts/nodes.js";
import { RANGE } from "./code.js";

/** @import { Model } from "../../core/types.js" */

const [STEP, LARGE_STEP] = [0.1, 0.5];
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/**
 * @typedef {object} PadOptions
 * @property {() => Model} model
 * @property {() => number[]} place
 * @property {(u: number[], event: Event) => void} onmove
 */

/** @param {number} v */
const within = (v) => Math.max(-RANGE, Math.min(RANGE, v));

/**
 * The values of two latents at a place in a box.
 *
 * @param {{ left: number, top: number, width: number, height: number }} box on the screen
 * @param {{ clientX: number, clientY: number }} hand
 * @returns {[number, number]} across and upwards, within the range of a slider
 */
export function valuesAt({ left, top, width, height }, { clientX, clientY }) {
  const [across, down] = [(clientX - left) / width, (clientY - top) / height];
  return [within(RANGE * (2 * across - 1)), within(RANGE * (1 - 2 * down))];
}

export class Pad {
  #root;
  #options;
  #keep;
  #dot = make("i", { className: "pad-dot" });
  #area = attributes(make("div", { className: "pad", tabIndex: 0 }, this.#dot), {
    role: "application",
    "data-testid": "pad",
  });
  #selects = ["across", "upwards"].map((way) => {
    const select = make("select", {});
    select.setAttribute("aria-label", `Latent that the pad moves ${way}`);
    select.addEventListener("change", () => this.#chosen());
    return select;
  });

  /**
   * @param {HTMLElement} root of the panel
   * @param {PadOptions} options
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    const [across, upwards] = this.#selects;
    const choice = make(
      "p",
      { className: "row pad-choice small" },
      make("label", {}, "across ", across),
      make("label", {}, "upwards ", upwards),
    );
    find(root, ".pad-box").replaceChildren(this.#area, choice);
    this.#listen();
    this.#keep = linked("pad", (text) => this.#open(text));
    on("model", () => {
      this.#keep(null);
      this.adopt();
    });
    on("change", (patch) => "u" in patch && this.show());
  }

  /** The two latents, across and upwards. */
  get dims() {
    return this.#selects.map(({ value }) => Number(value));
  }

  /** The first two latents of another model, in the order of the sliders. */
  adopt() {
    const { order, latent_dim: count } = this.#options.model();
    for (const [i, select] of this.#selects.entries()) {
      const options = order.map((dim) => make("option", { value: String(dim) }, this.#name(dim)));
      select.replaceChildren(...options);
      select.value = String(order[Math.min(i, count - 1)]);
    }
    this.show();
  }

  #chosen() {
    this.#keep(this.dims.join(","));
    this.show();
  }

  /** @param {string | null} text both latents as the link names them */
  #open(text) {
    this.adopt();
    const { latent_dim: count } = this.#options.model();
    const dims = readNumbers(text) ?? [];
    const fits = dims.length === 2 && dims.every((dim) => Number.isInteger(dim) && dim < count);
    if (!fits) return;
    for (const [i, select] of this.#selects.entries()) select.value = String(dims[i]);
    this.show();
  }

  /**
   * A latent with the trait that its row has, once it has one.
   *
   * @param {number} dim
   */
  #name(dim) {
    const range = this.#root.querySelector(`[data-testid=latent-slider-${dim}]`);
    return range?.getAttribute("aria-label")?.replace("latent ", "") ?? `z${dim}`;
  }

  /** Where the code is. */
  show() {
    const u = this.#options.place();
    const [x, y] = this.dims.map((dim) => within(u[dim] ?? 0) / RANGE);
    this.#dot.style.left = `${50 + 50 * x}%`;
    this.#dot.style.top = `${50 - 50 * y}%`;
    const words = this.dims.map((dim) => `${this.#name(dim)} ${signed(u[dim] ?? 0)}`);
    const keys = "arrow keys move them";
    this.#area.setAttribute("aria-label", `${words[0]} across, ${words[1]} upwards; ${keys}`);
  }

  /**
   * @param {[number, number]} values
   * @param {Event} event
   */
  #move(values, event) {
    const u = [...this.#options.place()];
    for (const [i, dim] of this.dims.entries()) u[dim] = values[i];
    this.#options.onmove(u, event);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const arrow = ARROWS[event.key];
    if (!arrow || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const step = event.shiftKey ? LARGE_STEP : STEP;
    const u = this.#options.place();
    const [x, y] = this.dims.map((dim, i) => within(u[dim] + step * arrow[i]));
    this.#move([x, y], event);
  }

  #listen() {
    const area = this.#area;
    const follow = (/** @type {PointerEvent} */ event) =>
      this.#move(valuesAt(area.getBoundingClientRect(), event), event);
    area.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      area.setPointerCapture(event.pointerId);
      follow(event);
    });
    area.addEventListener("pointermove", (event) => {
      if (area.hasPointerCapture(event.pointerId)) follow(event);
    });
    area.addEventListener("keydown", (event) => this.#key(event));
    for (const select of this.#selects) {
      select.addEventListener("focus", () => {
        for (const option of select.options) option.textContent = this.#name(Number(option.value));
      });
    }
  }
}
