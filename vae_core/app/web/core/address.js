// The state of the page as text in its address, and back.

/** @import { Model, State } from "./types.js" */

/** @typedef {Record<string, string | null>} Fields null leaves one out */

const MOST = 1000; // size of a number in a list
const MOST_DIGITS = 9; // that tell any two 32-bit floats apart
// 784 bytes are 1,045 letters and a third: the last holds four bits that mean nothing.
const PIXELS = /^p[\w-]{1045}[AQgw]$/;
const DEFAULTS = { n: 60, temperature: 1 };

/**
 * The numbers of "1,-0.5,2"; null where any is none.
 *
 * @param {string | null | undefined} text
 * @returns {number[] | null}
 */
export function readNumbers(text) {
  if (!text) return null;
  const numbers = text.split(",").map(Number);
  return numbers.every((v) => Number.isFinite(v) && Math.abs(v) <= MOST) ? numbers : null;
}

/**
 * As few decimals as give the same 32-bit floats back: the server counts in those.
 *
 * @param {number[]} numbers
 */
export const writeNumbers = (numbers) => numbers.map(spelledNumber).join(",");

/**
 * The number that an address holds for another one.
 *
 * @param {number} v
 */
export const asWritten = (v) => Number(spelledNumber(v));

/** @param {number} v */
function spelledNumber(v) {
  const single = Math.fround(v);
  for (let digits = 1; digits < MOST_DIGITS; digits++) {
    const text = Number(single.toPrecision(digits));
    if (Math.fround(text) === single) return String(text);
  }
  return String(Number(single.toPrecision(MOST_DIGITS)));
}

/**
 * A picture's 784 bytes as a fragment spells them: "p" and base64url.
 *
 * @param {string} pixels base64
 */
export const writePixels = (pixels) =>
  `p${pixels.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")}`;

/**
 * @param {string | null | undefined} text
 * @returns {string | null} base64 of 784 bytes, null for what is none
 */
export function readPixels(text) {
  if (!PIXELS.test(text ?? "")) return null;
  return `${text?.slice(1).replaceAll("-", "+").replaceAll("_", "/")}==`;
}

/**
 * The fields of an address: those of its query, and those after the "#", which no server hears of.
 *
 * @param {string} href
 */
export function fieldsOf(href) {
  const { searchParams, hash } = new URL(href);
  return new Map([...searchParams, ...new URLSearchParams(hash.slice(1))]);
}

/**
 * The same by where each stands: a name of the query, or "#" and a name of the fragment.
 *
 * @param {string} href
 * @returns {Map<string, string>}
 */
export function placesOf(href) {
  const { searchParams, hash } = new URL(href);
  const unsent = [...new URLSearchParams(hash.slice(1))];
  return new Map([
    ...searchParams,
    ...unsent.map(([name, value]) => /** @type {const} */ ([`#${name}`, value])),
  ]);
}

/**
 * An address with some of its fields changed, each named as `placesOf` names it.
 *
 * @param {string} href
 * @param {Fields} places
 */
export function amended(href, places) {
  const url = new URL(href);
  const fragment = new URLSearchParams(url.hash.slice(1));
  for (const [place, value] of Object.entries(places)) {
    if (place.startsWith("#")) write(fragment, { [place.slice(1)]: value });
    else write(url.searchParams, { [place]: value });
  }
  url.hash = fragment.toString();
  return spelled(url);
}

/**
 * The number that a text spells if it lies within [low, high], else `otherwise`.
 *
 * @template T
 * @param {string | null | undefined} text
 * @param {number} low
 * @param {number} high
 * @param {T} otherwise
 * @param {{ whole?: boolean }} [kind] whole: only integers count
 * @returns {number | T}
 */
export function within(text, low, high, otherwise, { whole = false } = {}) {
  if (text === null || text === undefined || text === "") return otherwise;
  const value = Number(text);
  const fits = value >= low && value <= high;
  return fits && (!whole || Number.isInteger(value)) ? value : otherwise;
}

/**
 * @param {string} search of the address, from its "?"
 * @param {{ models: Model[], chosen: string | null, panels: string[] }} known the models, the one
 *   that is chosen where none is named, and the open panels
 * @returns {State}
 */
export function readAddress(search, { models, chosen, panels }) {
  const query = new URLSearchParams(search);
  /** @param {string | null} name */
  const named = (name) => models.find((model) => model.name === name);
  const model = named(query.get("model")) ?? named(chosen) ?? models[0] ?? null;
  const u = readNumbers(query.get("z"));
  const panel = query.get("panel") ?? "";
  return {
    model: model?.name ?? null,
    panel: panels.includes(panel) ? panel : panels[0],
    u: model && u?.length === model.latent_dim ? u : null,
    seed: within(query.get("seed"), 0, 999999999, 0, { whole: true }),
    n: within(query.get("n"), 1, 256, DEFAULTS.n, { whole: true }),
    temperature: within(query.get("temperature"), 0, 3, DEFAULTS.temperature),
    label: within(query.get("label"), 0, 9, null, { whole: true }),
  };
}

/**
 * An address with the state in it; what is as it was on arrival stays out.
 *
 * @param {string} href
 * @param {State} state
 * @param {{ takesLabels: boolean, kept: Fields, unsent?: Fields }} more whether the chosen model
 *   takes a label, what the panels keep beside the state, and what of it no server may hear of
 */
export function writeAddress(href, state, { takesLabels, kept, unsent = {} }) {
  const url = new URL(href);
  const { u, seed, n, temperature, label } = state;
  const fields = {
    panel: state.panel,
    model: state.model,
    z: u && writeNumbers(u),
    seed: seed ? String(seed) : null,
    n: n === DEFAULTS.n ? null : String(n),
    temperature: temperature === DEFAULTS.temperature ? null : String(temperature),
    label: takesLabels && label !== null ? String(label) : null,
    ...kept,
  };
  write(url.searchParams, fields);
  if (Object.keys(unsent).length) {
    const fragment = new URLSearchParams(url.hash.slice(1));
    write(fragment, unsent);
    url.hash = fragment.toString();
  }
  return spelled(url);
}

/**
 * @param {URLSearchParams} query
 * @param {Fields} fields
 */
function write(query, fields) {
  for (const [key, value] of Object.entries(fields)) {
    if (value === null || value === "") query.delete(key);
    else query.set(key, value);
  }
}

/**
 * A URL whose commas and colons are left to be read.
 *
 * @param {URL} url
 */
const spelled = (url) => url.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
