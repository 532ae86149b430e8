// 8: rate against distortion, from the measured figures.

import { bold, find, text } from "../../parts/nodes.js";
import { ratePlane } from "../../parts/plane.js";
import { count, decimal, showWords } from "./cells.js";

/** @import { Measured } from "../../draw/plane.js" */
/** @import { Quantity } from "../../core/quantities.js" */
/** @import { Comparison, Setting } from "./cells.js" */

/** @param {Measured} point */
const cost = ({ rate, distortion }) => rate + distortion;

/**
 * @param {Setting} setting
 * @returns {Comparison}
 */
export function rate({ view }) {
  ratePlane(find(view, ".plane"), (points, quantity) => conclude(view, points, quantity));
  return { needsDigit: false };
}

/**
 * @param {HTMLElement} view
 * @param {Measured[]} points
 * @param {Quantity} quantity
 */
function conclude(view, points, { label }) {
  const best = points.reduce((one, other) => (cost(one) <= cost(other) ? one : other));
  const farthest = points.reduce((one, other) => (one.rate >= other.rate ? one : other));
  showWords(
    view,
    text`Across stands what a code says (rate), up what is left to say about the pixels once it is known (distortion); along a thin line their sum, −ELBO, stays the same. Among the ${count(points.length)} models of ${label} ${bold(best.model.name)} has the lowest sum, ${decimal(cost(best))} nats, and ${bold(farthest.model.name)} says most through its code, ${decimal(farthest.rate, "rate")} nats. Not all of a rate tells of the digit: the column “no digit needs” has what of it is at least spent on codes that lie elsewhere than the prior, and where that is much, draws miss.`,
  );
}
