// 6: a code that is too large copies what is no digit.

import { AREA, digitAt, unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { bold, find, findAll, make, text } from "../../parts/nodes.js";
import {
  count,
  figure,
  fill,
  modelCell,
  mseWords,
  plainCell,
  shipped,
  showMissing,
  showWords,
  sizeOf,
} from "./cells.js";

/** @import { Comparison, Setting } from "./cells.js" */

const NON_DIGITS = ["noise", "a shoe", "your digit, shuffled"];
const [WIDE, NARROW] = ["ae-overcomplete", "ae"];

/** @typedef {{ name: string, pixels: string, mse: number[] }} Copied of each kind, in their order */

/**
 * @param {Setting} setting
 * @returns {Comparison}
 */
export function copying({ view, server, rosters }) {
  const copiers = shipped(rosters.copiers);
  const missing = rosters.copiers.filter((name) => !copiers.includes(name));
  const trios = NON_DIGITS.map((words) =>
    make("div", { className: "trio" }, plainCell(words, "x"), ...copiers.map(modelCell)),
  );
  find(view, ".columns").append(...trios);
  return {
    ask: async (still, digit) => {
      const answer = await still(call(server, "non_digits", { digit, seed: 0 }));
      if (missing.length) showMissing(view, missing);
      /** @type {Copied[]} */
      const models = answer.models;
      const inputs = unpack(answer.inputs);
      const outputs = models.map(({ pixels }) => unpack(pixels));
      for (const [kind, trio] of trios.entries()) {
        const [own, ...others] = findAll(trio, ".cell");
        fill(own, digitAt(inputs, kind));
        for (const [i, cell] of others.entries()) {
          fill(cell, digitAt(outputs[i], kind), mseWords(models[i].mse[kind]));
        }
      }
      conclude(view, models);
    },
  };
}

/**
 * @param {HTMLElement} view
 * @param {Copied[]} models
 */
function conclude(view, models) {
  const [wide, narrow] = [WIDE, NARROW].map((name) => models.find((one) => one.name === name));
  if (!wide || !narrow) return;
  const [noise, shoe] = [0, 1];
  showWords(
    view,
    text`These are no digits. ${bold(wide.name)} has ${sizeOf(wide)} numbers for ${count(AREA)} pixels and no reason to choose among them, so it passes on noise with an mse of ${figure(wide.mse[noise])} and a shoe with ${figure(wide.mse[shoe])}: a good reconstruction says little about having learnt digits. ${bold(narrow.name)} has to fit everything through ${sizeOf(narrow)} numbers, misses by ${figure(narrow.mse[noise])} and ${figure(narrow.mse[shoe])}, and paints strokes of digits instead.`,
  );
}
