// The place under the crosshair in words, for who looks and for who listens.

import { className, pageSet } from "../../core/boot.js";
import { fixed, signed } from "../../core/numbers.js";
import { find } from "../../parts/nodes.js";

/** @import { Chart } from "./codes.js" */
/** @import { Spot } from "./view.js" */

const PAUSE_MS = 100;
const SPOKEN_MS = 500; // of rest, before a place is spoken
/** @type {ReturnType<typeof setTimeout> | undefined} */
let speaking;

/** @typedef {{ chart: Chart, at: Spot, z: number[] | null, index: number | null }} Place */

/** @type {(() => Place | null) | null} */
let due = null;

/**
 * Show a place that moves, ten times a second: as fast as words can be read, and it spares the
 * picture a layout a frame.
 *
 * @param {HTMLElement} root of the panel
 * @param {() => Place | null} latest the place when it is time; index: of the digit under the hand
 */
export function showPlaceSoon(root, latest) {
  const isWaiting = due !== null;
  due = latest;
  if (isWaiting) return;
  setTimeout(() => {
    const place = due?.();
    due = null;
    if (place) show(root, place);
  }, PAUSE_MS);
}

/**
 * @param {HTMLElement} root
 * @param {Place} place
 */
function show(root, { chart, at, z, index }) {
  const [s, t] = at;
  const where = chart.plane ? `s ${signed(s)}\nt ${signed(t)}` : "";
  const norm = z ? `‖z‖ ${fixed(Math.hypot(...z), 2)}` : "";
  find(root, ".where").textContent = [where, norm].filter(Boolean).join("\n");
  const nearest = index ?? chart.nearest(at);
  const words = nearest === null ? "" : wordsOf(chart, nearest, index !== null);
  find(root, ".nearest").textContent = words;
  clearTimeout(speaking);
  speaking = setTimeout(() => {
    const spot = chart.plane ? `${fixed(s, 1)} across, ${fixed(t, 1)} up. ` : "";
    find(root, ".spoken").textContent = spot + words;
  }, SPOKEN_MS);
}

/**
 * Its class, where the set has classes that the map tells apart.
 *
 * @param {Chart} chart
 * @param {number} index
 */
function named(chart, index) {
  if (!pageSet) return `, a ${chart.labels[index]}`;
  const label = pageSet.examples[index];
  return pageSet.classes.length ? `, ${className(label)}` : "";
}

/**
 * @param {Chart} chart
 * @param {number} index
 * @param {boolean} isUnderHand
 */
const wordsOf = (chart, index, isUnderHand) =>
  isUnderHand
    ? `Test digit ${index}${named(chart, index)}.`
    : `Nearest on the map: test digit ${index}${named(chart, index)}.`;
