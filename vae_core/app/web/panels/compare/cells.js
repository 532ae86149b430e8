// Small parts of Compare: a picture with a name and a figure, and sentences with figures in them.

import { modelNamed } from "../../core/boot.js";
import { fixed, number, whole } from "../../core/numbers.js";
import { set, state } from "../../core/state.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { attributes, bold, button, find, make, num } from "../../parts/nodes.js";

/** @import { Bytes } from "../../core/bytes.js" */
/** @import { Server } from "../../core/types.js" */
/** @import { Still } from "../../core/requests.js" */

/**
 * What a comparison works with.
 *
 * @typedef {object} Setting
 * @property {HTMLElement} view its place on the page
 * @property {Server} server
 * @property {Record<string, string[]>} rosters names of the models that comparisons need
 * @property {() => string | null} digit base64 of what every model sees
 * @property {() => void} outdate its answer is of other settings
 */

/**
 * @typedef {object} Comparison
 * @property {(still: Still, digit: string) => Promise<unknown>} [ask]
 * @property {boolean} [needsDigit] true by default
 */

/** @param {number} value */
export const figure = (value, digits = 2) => num(number(value, digits));

/** @param {number | null | undefined} value */
export const count = (value) => num(whole(value));

/**
 * @param {number | null | undefined} value
 * @param {string} [hue]
 */
export const decimal = (value, hue = "") => num(fixed(value), hue);

/** @param {number} value */
export const mseWords = (value) => `mse ${number(value, 2)}`;

/**
 * How many numbers a model's code has.
 *
 * @param {{ name: string }} model
 */
export const sizeOf = ({ name }) => count(modelNamed(name)?.latent_dim);

/** @param {string} name */
export const ofModel = (name) => `[data-model="${CSS.escape(name)}"]`;

/**
 * Models of a roster that are here.
 *
 * @param {string[]} roster
 */
export const shipped = (roster) => roster.filter((name) => modelNamed(name));

/**
 * @param {string} label
 * @param {string} hue
 */
const content = (label, hue) => ({
  properties: { className: `cell ${hue}` },
  children: [digitCanvas(label), bold(label), num(" ")],
});

/**
 * A picture with words and a figure beneath.
 *
 * @param {string} label
 * @param {string} [hue]
 */
export function plainCell(label, hue = "") {
  const { properties, children } = content(label, hue);
  return make("div", properties, ...children);
}

/**
 * The same of a model, whose press chooses it.
 *
 * @param {string} name
 */
export function modelCell(name) {
  const model = modelNamed(name);
  if (!model) return plainCell(name);
  const { properties, children } = content(name, "");
  return choosesModel(button(children, properties), name);
}

/**
 * Make a button choose a model.
 *
 * @param {HTMLElement} made
 * @param {string} name
 */
export function choosesModel(made, name) {
  made.title = `${modelNamed(name)?.title}. Press to choose ${name}.`;
  made.dataset.model = name;
  made.addEventListener("click", () => set({ model: name }));
  return attributes(made, { "aria-pressed": name === state.model });
}

/**
 * @param {HTMLElement} cell
 * @param {string | Bytes} pixels
 * @param {string} [words]
 */
export function fill(cell, pixels, words) {
  paint(find(cell, "canvas", HTMLCanvasElement), pixels);
  if (words !== undefined) find(cell, ".num").textContent = words;
}

/**
 * The sentences of a comparison.
 *
 * @param {HTMLElement} view
 * @param {Node | string} words
 */
export const showWords = (view, words) => find(view, ".say").replaceChildren(words);

/**
 * @param {HTMLElement} view
 * @param {string[]} names
 */
export function showMissing(view, names) {
  const are = names.length > 1 ? "are" : "is";
  const needed = names.join(" and ");
  showWords(view, `This comparison needs ${needed}, which ${are} not among the models here.`);
}
