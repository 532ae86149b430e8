// 2: drawing new digits, plain against variational.

import { within } from "../../core/address.js";
import { modelNamed } from "../../core/boot.js";
import { digitAt, unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { isNumber } from "../../core/numbers.js";
import { readingMark } from "../../core/readings.js";
import { PRIOR, samplersOf, samplerWords } from "../../core/samplers.js";
import { linked } from "../../core/state.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { bold, find, findAll, joined, make, text } from "../../parts/nodes.js";
import { count, decimal, figure, shipped, showMissing, showWords } from "./cells.js";

/** @import { Reading } from "../../core/types.js" */
/** @import { Comparison, Setting } from "./cells.js" */

const DRAWS = 60; // counted; the first SEEN of them are shown
const SEEN = 10;
const SURE = 0.9;

/** @typedef {{ name: string, sampler: string, pixels: string, readings: Reading[] | null }} Drawn */
/** @typedef {{ name: string, sampler: string, digits: number | null, sure: number }} Counted */

/**
 * @param {Setting} setting
 * @returns {Comparison}
 */
export function draws({ view, server, rosters, outdate }) {
  let seed = 0;
  const keep = linked("draws", (text) => {
    seed = within(text, 0, 1e6, 0, { whole: true });
    outdate();
  });
  find(view, ".rows").append(...shipped(rosters.drawn_from).flatMap(rowsOf));
  const isMissing = rosters.drawn_from.includes("ae") && !modelNamed("ae");
  if (isMissing) showMissing(view, ["ae"]);
  find(view, "[data-do=redraw]").addEventListener("click", () => {
    seed++;
    keep(String(seed));
    outdate();
  });
  return {
    needsDigit: false,
    ask: async (still) => {
      const { models } = await still(call(server, "draws", { n: DRAWS, seed }));
      conclude(
        view,
        models.map((/** @type {Drawn} */ drawn) => show(view, drawn)),
      );
    },
  };
}

/** @param {string} name */
function rowsOf(name) {
  const model = modelNamed(name);
  return samplersOf(model)
    .sort((a, b) => Number(b === PRIOR) - Number(a === PRIOR))
    .map((kind) => rowOf(name, kind, samplerWords(model, kind)));
}

/**
 * @param {string} name
 * @param {string} kind
 * @param {string} by what draws, in words
 */
function rowOf(name, kind, by) {
  const figures = Array.from({ length: SEEN }, (_, i) => {
    const caption = make("figcaption", { className: "num", textContent: " " });
    return make("figure", {}, digitCanvas(`draw ${i + 1} of ${name} by ${by}`), caption);
  });
  const words = make("span", { className: "muted small", textContent: ` drawn by ${by}` });
  const counted = make("span", { className: "counted num", textContent: " " });
  const heading = make("h3", {}, name, words, counted);
  const cells = make("div", { className: "draws" }, ...figures);
  const row = make("div", { className: "drawn" }, heading, cells);
  row.dataset.row = `${name} ${kind}`;
  return row;
}

/**
 * @param {HTMLElement} view
 * @param {Drawn} drawn
 * @returns {Counted}
 */
function show(view, { name, sampler, pixels, readings }) {
  const bytes = unpack(pixels);
  const row = find(view, `[data-row="${name} ${sampler}"]`);
  for (const [i, figure] of findAll(row, "figure").entries()) {
    paint(find(figure, "canvas", HTMLCanvasElement), digitAt(bytes, i));
    find(figure, "figcaption").textContent = readings ? readingMark(readings[i]) : " ";
  }
  const read = readings?.filter(({ digit }) => digit !== null) ?? null;
  const sure = read?.filter((reading) => reading.sure >= SURE);
  find(row, ".counted").textContent = read
    ? `a digit: ${read.length} of ${DRAWS}, 90 % sure: ${sure?.length}`
    : "";
  return { name, sampler, digits: read?.length ?? null, sure: sure?.length ?? 0 };
}

/**
 * What a sampler fitted after training does to the same decoder.
 *
 * @param {Counted[]} counted
 */
function betterPriors(counted) {
  const parts = counted
    .filter(({ sampler }) => sampler !== PRIOR)
    .map((fitted) => {
      const own = counted.find((one) => one.name === fitted.name && one.sampler === PRIOR);
      return text`${bold(fitted.name)} from ${count(own?.sure ?? 0)} to ${count(fitted.sure)}`;
    });
  if (!parts.length) return "";
  return text`The decoder is the same in both rows of a model: a better distribution of codes alone takes the draws that are read with 90 % or more of ${joined(parts, ", of ")}.`;
}

/**
 * Why the draws of some miss more often: how much of each rate no digit needs.
 *
 * @param {string[]} names
 */
function gaps(names) {
  const parts = names.flatMap((name) => {
    const { rate, prior_gap: gap } = modelNamed(name)?.metrics ?? {};
    if (!isNumber(rate) || !isNumber(gap)) return [];
    const least = figure(Math.max(0, gap));
    return [text`${least} of the ${decimal(rate, "rate")} nats of ${bold(name)}`];
  });
  if (!parts.length) return "";
  return text`Where the prior reaches and no codes are, draws miss; measured on test digits that is at least ${joined(parts, ", ")}: the part of the rate that no digit needs.`;
}

/**
 * @param {HTMLElement} view
 * @param {Counted[]} counted
 */
function conclude(view, counted) {
  const isVariational = (/** @type {Counted} */ { name }) => modelNamed(name)?.variational;
  const own = counted.filter(({ sampler }) => sampler === PRIOR);
  const plain = own.find((one) => !isVariational(one));
  const others = own.filter(isVariational);
  if (!plain || !others.length || plain.digits === null) return;
  const parts = others.map(({ name, digits }) => text`${count(digits)} of ${bold(name)}'s`);
  showWords(
    view,
    text`Every picture is painted from a random code, with no digit to start from. A classifier takes ${count(plain.digits)} of ${count(DRAWS)} draws of ${bold(plain.name)} for a digit at all, since nothing kept its codes from leaving holes between them, and ${joined(parts, " and ")}, whose training pulled all codes towards the prior that is drawn from here.`,
  );
  const names = others.map(({ name }) => name);
  find(view, ".after").replaceChildren(gaps(names), " ", betterPriors(counted));
}
