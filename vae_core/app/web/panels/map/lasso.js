// Which digits a line encloses, and what is said of them.

/** @import { Chart } from "./codes.js" */
/** @import { Spot } from "./view.js" */

/**
 * Whether a spot lies inside a closed line (even-odd rule).
 *
 * @param {Spot} spot
 * @param {Spot[]} line
 */
export function isInside([s, t], line) {
  let inside = false;
  for (let i = 0, j = line.length - 1; i < line.length; j = i++) {
    const [[si, ti], [sj, tj]] = [line[i], line[j]];
    if (ti > t !== tj > t && s < ((sj - si) * (t - ti)) / (tj - ti) + si) inside = !inside;
  }
  return inside;
}

/**
 * @param {Chart} chart
 * @param {Spot[]} line on the plane
 * @returns {Uint8Array} 1 for each digit inside
 */
export const enclosed = (chart, line) =>
  Uint8Array.from({ length: chart.count }, (_, i) => Number(isInside(chart.spot(i), line)));

/**
 * @param {Uint8Array} chosen
 * @param {Uint8Array} labels
 * @returns {number[]} how many of each class
 */
export function countByClass(chosen, labels) {
  const counts = Array(10).fill(0);
  for (let i = 0; i < chosen.length; i++) if (chosen[i]) counts[labels[i]]++;
  return counts;
}

/**
 * The chosen digits as a table: their number in MNIST's test set, class and place.
 *
 * @param {Chart} chart
 * @param {Uint8Array} chosen
 */
export function csv(chart, chosen) {
  const rows = ["test_index,label,s,t"];
  for (let i = 0; i < chosen.length; i++) {
    if (chosen[i]) rows.push(`${i},${chart.labels[i]},${chart.s[i]},${chart.t[i]}`);
  }
  return `${rows.join("\n")}\n`;
}
