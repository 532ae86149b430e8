// The ten nearest test digits, as pictures with their distances.

import { digitAt, unpack } from "../core/bytes.js";
import { fixed } from "../core/numbers.js";
import { digitCanvas, paint } from "../draw/digit.js";
import { button, make } from "./nodes.js";

/** @typedef {{ indices: number[], labels: number[], distances: number[], digits: string }} Near */

/**
 * @param {Near} near
 * @param {((index: number) => void) | null} onchoose
 */
export function neighbourCards({ indices, labels, distances, digits }, onchoose) {
  const bytes = unpack(digits);
  return indices.map((index, i) => {
    const canvas = digitCanvas();
    paint(canvas, digitAt(bytes, i));
    const words = make("span", { className: "num" }, fixed(distances[i], 2));
    const title = `Test digit ${index}, a ${labels[i]}, at distance ${fixed(distances[i], 2)}`;
    if (!onchoose) {
      canvas.setAttribute("role", "img");
      canvas.setAttribute("aria-label", title);
      return make("figure", { className: "neighbour", title }, canvas, words);
    }
    const made = button([canvas, words], { className: "neighbour", title }, () => onchoose(index));
    made.setAttribute("aria-label", `${title}; go there`);
    return made;
  });
}
