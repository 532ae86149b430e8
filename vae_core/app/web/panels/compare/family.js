// 1: the digit through the whole family.

import { models } from "../../core/boot.js";
import { call } from "../../core/calls.js";
import { bold, find, findAll, make, text } from "../../parts/nodes.js";
import { count, figure, fill, modelCell, mseWords, ofModel, showWords, sizeOf } from "./cells.js";

/** @import { Comparison, Setting } from "./cells.js" */

/**
 * @param {Setting} setting
 * @returns {Comparison}
 */
export function family({ view, server }) {
  const quick = models.filter(({ slow }) => !slow);
  const groups = [...new Set(quick.map(({ group }) => group))];
  const made = groups.map((group) => {
    const members = quick.filter((model) => model.group === group);
    const cells = make(
      "div",
      { className: "cells" },
      ...members.map(({ name }) => modelCell(name)),
    );
    return make("div", { className: "group" }, make("h3", { textContent: group }), cells);
  });
  find(view, ".groups").append(...made);
  return {
    ask: async (still, digit) => {
      /** @type {{ name: string, mse: number }[]} */
      const all = [];
      for (const group of groups) {
        const answer = await still(call(server, "through", { digit, group }));
        for (const { name, reconstruction, mse } of answer.models) {
          all.push({ name, mse });
          for (const cell of findAll(view, ofModel(name)))
            fill(cell, reconstruction, mseWords(mse));
        }
      }
      conclude(view, all);
    },
  };
}

/**
 * @param {HTMLElement} view
 * @param {{ name: string, mse: number }[]} all
 */
function conclude(view, all) {
  const sorted = [...all].sort((one, other) => one.mse - other.mse);
  if (sorted.length < 2) return;
  const [best, worst] = [sorted[0], sorted[sorted.length - 1]];
  for (const cell of findAll(view, ".cell")) {
    cell.classList.toggle("best", cell.dataset.model === best.name);
  }
  showWords(
    view,
    text`Each picture is your digit, put into a code and painted again from it; mse is the mean squared error a pixel. Of ${count(all.length)} models ${bold(best.name)}, with ${sizeOf(best)} numbers, comes nearest (${figure(best.mse)}) and ${bold(worst.name)}, with ${sizeOf(worst)}, stays farthest (${figure(worst.mse)}): near is not the aim by itself, as the next comparisons show.`,
  );
}
