// Which digits a line encloses, and what is said of them.

/** @import { Chart } from "./codes.js" */
/** @import { Spot } from "./view.js" */

const MOST_SPOTS = 120; // of a lasso, so that a link can hold it
const FINE = 1000; // a spot on it has three decimals
const COARSER = 1.2;

/**
 * A lasso with fewer spots, MOST_SPOTS at most: what it chooses is what its link chooses.
 *
 * @param {Spot[]} line on the plane
 * @param {number} off how far its corners may lie off the line, more where there are too many
 * @returns {Spot[]}
 */
export function simplified(line, off) {
  const kept = withoutBetween(line, off);
  if (kept.length > MOST_SPOTS) return simplified(line, COARSER * off);
  return kept.map(([s, t]) => [Math.round(s * FINE) / FINE, Math.round(t * FINE) / FINE]);
}

/**
 * The ends of a line, and of the spots between them those that lie further off (Douglas-Peucker).
 *
 * @param {Spot[]} line
 * @param {number} off
 * @returns {Spot[]}
 */
function withoutBetween(line, off) {
  const kept = new Set([0, line.length - 1]);
  const parts = [[0, line.length - 1]];
  for (let part = parts.pop(); part; part = parts.pop()) {
    const [from, to] = part;
    let [farthest, most] = [from, off];
    for (let i = from + 1; i < to; i++) {
      const distance = distanceTo(line[i], line[from], line[to]);
      if (distance > most) [farthest, most] = [i, distance];
    }
    if (farthest === from) continue;
    kept.add(farthest);
    parts.push([from, farthest], [farthest, to]);
  }
  return line.filter((_, i) => kept.has(i));
}

/**
 * @param {Spot} spot
 * @param {Spot} a
 * @param {Spot} b ends of a segment
 */
function distanceTo([s, t], [as, at], [bs, bt]) {
  const [ds, dt] = [bs - as, bt - at];
  const length = ds * ds + dt * dt;
  const share = length ? Math.max(0, Math.min(1, ((s - as) * ds + (t - at) * dt) / length)) : 0;
  return Math.hypot(s - as - share * ds, t - at - share * dt);
}

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
