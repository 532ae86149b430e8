// 4: PCA beside the linear autoencoder.

import { SIDE, unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { paintRow } from "../../draw/digit.js";
import { attributes, find, findAll, make, text } from "../../parts/nodes.js";
import {
  count,
  figure,
  fill,
  modelCell,
  mseWords,
  plainCell,
  showMissing,
  showWords,
} from "./cells.js";

/** @import { Comparison, Setting } from "./cells.js" */

const AXES = 8; // directions that are shown; see AXES in vae_core.app.service.comparison
const NEAR = 5; // degrees

/** @typedef {{ reconstruction: string, mse: number, axes: string }} Linear */

/**
 * A row of digits in one canvas.
 *
 * @param {number} steps
 * @param {string} label
 */
export function stripCanvas(steps, label) {
  const made = make("canvas", { className: "strip", width: SIDE * steps, height: SIDE });
  return attributes(made, { role: "img", "aria-label": label });
}

/** @param {string} words */
function axesOf(words) {
  const label = `${AXES} directions: ${words}`;
  const textContent = `${words}, ${AXES} of its directions`;
  const caption = make("figcaption", { className: "small muted", textContent });
  return make("figure", {}, stripCanvas(AXES, label), caption);
}

/**
 * @param {Setting} setting
 * @returns {Comparison}
 */
export function pca({ view, server }) {
  const [own, ...both] = [plainCell("your digit", "x"), modelCell("ae-linear"), plainCell("PCA")];
  find(view, ".cells").append(own, ...both);
  const axes = ["what ae-linear adds up", "what PCA adds up"].map(axesOf);
  find(view, ".axes").append(...axes);
  return {
    ask: async (still, digit) => {
      const answer = await still(call(server, "pca", { digit }));
      /** @type {Linear[]} */
      const found = answer.models;
      find(view, ".duo").hidden = !found.length;
      if (!found.length) return showMissing(view, ["ae-linear", "the PCA measured beside it"]);
      fill(own, digit, " ");
      const strips = findAll(view, ".strip", HTMLCanvasElement);
      for (const [i, { reconstruction, mse, axes: directions }] of found.entries()) {
        fill(both[i], reconstruction, mseWords(mse));
        paintRow(strips[i], unpack(directions), AXES);
      }
      conclude(view, answer);
    },
  };
}

/**
 * @param {HTMLElement} view
 * @param {{ models: Linear[], size: number, angle: number, test: Record<string, number> }} answer
 */
function conclude(view, { models: [linear, exact], size, angle, test }) {
  const verdict =
    angle <= NEAR
      ? "gradient descent found the subspace that algebra finds, by other directions within it."
      : "this training has not yet found the subspace that algebra finds.";
  showWords(
    view,
    text`Without non-linearities an autoencoder of ${count(size)} numbers and the first ${count(size)} principal components give your digit back with an mse of ${figure(linear.mse, 3)} and ${figure(exact.mse, 3)}; over the 10,000 test digits it is ${figure(test["ae-linear"], 3)} and ${figure(test.PCA, 3)}. The largest angle between the two subspaces is ${figure(angle)} degrees: ${verdict}`,
  );
}
