// What an independent classifier, trained on real digits, takes the live picture for.

import { className } from "../../core/boot.js";
import { find } from "../../parts/nodes.js";

/** @import { Reading } from "../../core/types.js" */

/** @param {Reading} reading */
const sureness = ({ sure }) => `${Math.floor(100 * sure)} %`;

/** @param {Reading | null} reading */
function sentence(reading) {
  if (!reading) return "";
  if (reading.digit === null) return "A classifier takes this for no digit at all.";
  return `A classifier reads this as ${className(reading.digit)}, ${sureness(reading)} sure.`;
}

/** @param {Reading | null} reading */
function spoken(reading) {
  if (!reading) return "";
  if (reading.digit === null) return "reads as no digit, ";
  return `reads as ${className(reading.digit)}, ${sureness(reading)}, `;
}

/**
 * Show it, and speak of it once the hand rests: numbers that run along are no news to a listener.
 *
 * @param {HTMLElement} root of the panel
 * @param {HTMLCanvasElement} canvas
 * @param {Reading | null} reading
 * @param {string} verdict on how far the code lies from the mean
 */
export function showReading(root, canvas, reading, verdict) {
  const words = spoken(reading) + verdict;
  canvas.dataset.reading = String(reading?.digit ?? "");
  canvas.setAttribute("aria-label", `The digit decoded from the sliders: ${words}`);
  find(root, ".reading-words").textContent = sentence(reading);
  find(root, ".spoken").textContent = words;
}
