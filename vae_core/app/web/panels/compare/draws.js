// 2: drawing new digits, plain against variational.

import { modelNamed } from "../../core/boot.js";
import { digitAt, unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { readingMark } from "../../core/readings.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { bold, find, findAll, joined, make, text } from "../../parts/nodes.js";
import { count, shipped, showMissing, showWords } from "./cells.js";

/** @import { Reading } from "../../core/types.js" */
/** @import { Comparison, Setting } from "./cells.js" */

const DRAWS = 60; // counted; the first SEEN of them are shown
const SEEN = 10;
const SURE = 0.9;

/** @typedef {{ name: string, pixels: string, readings: Reading[] | null }} Drawn */
/** @typedef {{ name: string, digits: number | null }} Counted */

/**
 * @param {Setting} setting
 * @returns {Comparison}
 */
export function draws({ view, server, rosters, outdate }) {
  let seed = 0;
  find(view, ".rows").append(...shipped(rosters.samplers).map(rowOf));
  const isMissing = rosters.samplers.includes("ae") && !modelNamed("ae");
  if (isMissing) showMissing(view, ["ae"]);
  find(view, "[data-do=redraw]").addEventListener("click", () => {
    seed++;
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
function rowOf(name) {
  const figures = Array.from({ length: SEEN }, (_, i) => {
    const caption = make("figcaption", { className: "num", textContent: " " });
    return make("figure", {}, digitCanvas(`draw ${i + 1} of ${name}`), caption);
  });
  const from = modelNamed(name)?.variational ? "its prior" : "a Gaussian fitted to its codes";
  const words = make("span", { className: "muted small", textContent: ` drawn from ${from}` });
  const counted = make("span", { className: "counted num", textContent: " " });
  const heading = make("h3", {}, name, words, counted);
  const cells = make("div", { className: "draws" }, ...figures);
  const row = make("div", { className: "drawn" }, heading, cells);
  row.dataset.row = name;
  return row;
}

/**
 * @param {HTMLElement} view
 * @param {Drawn} drawn
 * @returns {Counted}
 */
function show(view, { name, pixels, readings }) {
  const bytes = unpack(pixels);
  const row = find(view, `[data-row="${name}"]`);
  for (const [i, figure] of findAll(row, "figure").entries()) {
    paint(find(figure, "canvas", HTMLCanvasElement), digitAt(bytes, i));
    find(figure, "figcaption").textContent = readings ? readingMark(readings[i]) : " ";
  }
  const read = readings?.filter(({ digit }) => digit !== null) ?? null;
  const sure = read?.filter((reading) => reading.sure >= SURE);
  find(row, ".counted").textContent = read
    ? `a digit: ${read.length} of ${DRAWS}, 90 % sure: ${sure?.length}`
    : "";
  return { name, digits: read?.length ?? null };
}

/**
 * @param {HTMLElement} view
 * @param {Counted[]} counted
 */
function conclude(view, counted) {
  const isVariational = (/** @type {Counted} */ { name }) => modelNamed(name)?.variational;
  const plain = counted.find((one) => !isVariational(one));
  const others = counted.filter(isVariational);
  if (!plain || !others.length || plain.digits === null) return;
  const parts = others.map(({ name, digits }) => text`${count(digits)} of ${bold(name)}'s`);
  showWords(
    view,
    text`Every picture is painted from a random code, with no digit to start from. A classifier takes ${count(plain.digits)} of ${count(DRAWS)} draws of ${bold(plain.name)} for a digit at all, since nothing kept its codes from leaving holes between them, and ${joined(parts, " and ")}, whose training pulled all codes towards the prior that is drawn from here.`,
  );
}
