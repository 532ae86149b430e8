// One latent: its name, its slider and value; of those that count, also a film and a lock.

import { fixed } from "../../core/numbers.js";
import { button, make, shape } from "../../parts/nodes.js";

/** @import { Model } from "../../core/types.js" */

/** @returns {SVGElement} */
function lock() {
  const box = { x: 3, y: 7, width: 10, height: 7, rx: 1.5, fill: "currentColor" };
  const bow = { d: "M5 7V5a3 3 0 0 1 6 0v2", fill: "none", stroke: "currentColor" };
  const parts = [shape("rect", box), shape("path", { ...bow, "stroke-width": 1.6 })];
  return shape("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, ...parts);
}

/**
 * @typedef {object} Row
 * @property {HTMLElement} element
 * @property {HTMLInputElement} range
 * @property {HTMLButtonElement} value pressed to set it to 0
 * @property {HTMLElement} trait place for its name
 * @property {HTMLElement} [film] place for its strip
 * @property {HTMLElement} [mark] where it stands on the film
 * @property {HTMLButtonElement} [freeze]
 */

/**
 * @param {number} dim
 * @param {(Node | null)[]} about more words about it
 */
function sliderOf(dim, about) {
  const trait = make("span", { className: "trait" });
  const name = make("span", { className: "name", textContent: `z${dim}` });
  const range = make("input", { type: "range", id: `latent-${dim}` });
  range.dataset.testid = `latent-slider-${dim}`;
  range.setAttribute("aria-label", `latent z${dim}`);
  const label = make("label", { htmlFor: range.id }, name, trait, ...about);
  const value = button([], { className: "value", title: `Set z${dim} to 0` });
  return { label, range, value, trait };
}

/**
 * One of hundreds: a slider and its value alone, so that the page stays light.
 *
 * @param {number} dim
 * @returns {Row}
 */
export function lightRow(dim) {
  const { label, ...parts } = sliderOf(dim, []);
  const element = make("div", { className: "latent light" }, label, parts.range, parts.value);
  return { element, ...parts };
}

/**
 * @param {Model} model
 * @param {number} dim
 * @returns {Row}
 */
export function fullRow(model, dim) {
  const { label, ...parts } = sliderOf(dim, weightOf(model, dim));
  const film = make("span", { className: "frames" });
  const mark = make("i");
  const title = `What z${dim} does from −3 to +3, the others as they are`;
  const strip = make("div", { className: "film", title }, film, mark);
  const freeze = button(lock(), {
    className: "freeze",
    title: `Freeze z${dim}: random draws and starts leave it alone`,
    ariaPressed: "false",
    ariaLabel: `freeze z${dim}`,
  });
  const { range, value } = parts;
  const element = make("div", { className: "latent" }, label, range, value, strip, freeze);
  return { element, ...parts, film, mark, freeze };
}

/**
 * How much a latent counts: nats of KL, or how much it moves the picture; as words and as a bar.
 *
 * @param {Model} model
 * @param {number} dim
 */
function weightOf({ kl_per_dim: kls, moves }, dim) {
  const kl = kls ? kls[dim] : null;
  const share = kls && kl !== null ? kl / Math.max(...kls) : moves?.[dim];
  const words = make("span", {
    className: "kl",
    title: `What the encoder says through z${dim}, a test digit on average`,
    textContent: kl === null ? "" : `${fixed(kl, 2)} nats`,
  });
  if (share === undefined) return [words];
  const bar = make("span", { className: kl === null ? "bar moves" : "bar" });
  bar.style.setProperty("--share", `${100 * share}%`);
  const against = "moves the picture, against the slider that moves it most";
  if (kl === null) bar.title = `How much z${dim} ${against}`;
  return [words, bar];
}
