// The state of the page as text in its address, and back.

/** @import { Model, State } from "./types.js" */

const MOST = 1000; // size of a number in a list
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

/** @param {number[]} numbers */
export const writeNumbers = (numbers) =>
  numbers.map((v) => String(Math.round(v * 1000) / 1000)).join(",");

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
 * @param {{ takesLabels: boolean, kept: Record<string, string | null> }} more whether the chosen
 *   model takes a label, and what the panels keep beside the state
 */
export function writeAddress(href, state, { takesLabels, kept }) {
  const url = new URL(href);
  const { u, seed, n, temperature, label } = state;
  const fields = {
    panel: state.panel,
    model: state.model,
    z: u?.some((v) => v !== 0) ? writeNumbers(u) : null,
    seed: seed ? String(seed) : null,
    n: n === DEFAULTS.n ? null : String(n),
    temperature: temperature === DEFAULTS.temperature ? null : String(temperature),
    label: takesLabels && label !== null ? String(label) : null,
    ...kept,
  };
  for (const [key, value] of Object.entries(fields)) {
    if (value === null || value === "") url.searchParams.delete(key);
    else url.searchParams.set(key, value);
  }
  return spelled(url);
}

/**
 * A URL whose commas and colons are left to be read.
 *
 * @param {URL} url
 */
export const spelled = (url) => url.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
