// 5: beta 0.5, 1 and 4.

import { AREA, unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { figureOf } from "../../core/quantities.js";
import { paintRow } from "../../draw/digit.js";
import { find, findAll, joined, make, text } from "../../parts/nodes.js";
import {
  decimal,
  figure,
  fill,
  modelCell,
  mseWords,
  shipped,
  showMissing,
  showWords,
} from "./cells.js";
import { stripCanvas } from "./pca.js";

/** @import { Comparison, Setting } from "./cells.js" */

/** @type {Record<string, string>} */
const BETA = { "vae-beta-half": "β = 0.5", "vae-beta-1": "β = 1", "beta-vae": "β = 4" };
const FILM = { steps: 7, rows: 3 };

/**
 * @typedef {object} OfBeta
 * @property {string} name
 * @property {string} reconstruction
 * @property {number} mse
 * @property {number[]} dims latents that carry most
 * @property {string} films base64: one strip a latent
 */

/** @param {string} name */
function columnOf(name) {
  const films = Array.from({ length: FILM.rows }, () => {
    const label = make("span", { className: "num z", textContent: " " });
    const strip = stripCanvas(FILM.steps, `What a latent of ${name} does`);
    return make("div", { className: "film-row" }, label, strip);
  });
  const heading = make("h3", { textContent: BETA[name] });
  const column = make("div", { className: "column" }, heading, modelCell(name), ...films);
  column.dataset.column = name;
  return column;
}

/**
 * @param {Setting} setting
 * @returns {Comparison}
 */
export function betas({ view, server, rosters }) {
  find(view, ".columns").append(...shipped(rosters.betas).map(columnOf));
  return {
    ask: async (still, digit) => {
      const { models } = await still(call(server, "betas", { digit }));
      if (!models.length) return showMissing(view, rosters.betas);
      for (const model of models) show(view, model);
      conclude(view, models);
    },
  };
}

/**
 * @param {HTMLElement} view
 * @param {OfBeta} model
 */
function show(view, { name, reconstruction, mse, dims, films }) {
  const column = find(view, `[data-column="${name}"]`);
  fill(find(column, ".cell"), reconstruction, mseWords(mse));
  const bytes = unpack(films);
  for (const [i, row] of findAll(column, ".film-row").entries()) {
    row.hidden = i >= dims.length;
    if (row.hidden) continue;
    const strip = find(row, "canvas", HTMLCanvasElement);
    find(row, ".z").textContent = `z${dims[i]}`;
    strip.setAttribute("aria-label", `z${dims[i]} of ${name} from −3 to +3`);
    paintRow(strip, bytes.subarray(i * FILM.steps * AREA), FILM.steps);
  }
}

/**
 * @param {HTMLElement} view
 * @param {OfBeta[]} models
 */
function conclude(view, models) {
  const rates = models.flatMap(({ name }) => {
    const rate = figureOf(name, "rate");
    return rate === null ? [] : [text`${decimal(rate, "rate")} nats at ${BETA[name]}`];
  });
  const errors = models.map(({ name, mse }) => text`${figure(mse)} at ${BETA[name]}`);
  const carried = rates.length
    ? text`A test digit's code carries ${joined(rates, ", ")}; your`
    : "Your";
  showWords(
    view,
    text`β is the price of a nat in the code: the dearer, the less is said, in fewer and cleaner latents, and the blurrier the picture. ${carried} digit comes back with an mse of ${joined(errors, ", ")}; the strips move the three latents that carry most, from −3 to +3.`,
  );
}
