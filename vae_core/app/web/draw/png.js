// Pictures as files: canvases laid out in one, enlarged without smoothing; and back.

import { SIDE } from "../core/bytes.js";
import { make } from "../parts/nodes.js";
import { contextOf } from "./digit.js";

/**
 * Digits in rows as one PNG.
 *
 * @param {HTMLCanvasElement[][]} rows of digits
 * @param {{ gap?: number, scale?: number }} [layout] pixels between two digits, and screen pixels a
 *   pixel
 */
export function png(rows, { gap = 0, scale = 1 } = {}) {
  const pitch = SIDE + gap;
  const columns = Math.max(...rows.map((row) => row.length));
  const width = (pitch * columns - gap) * scale;
  const height = (pitch * rows.length - gap) * scale;
  const big = make("canvas", { width, height });
  const context = contextOf(big);
  context.imageSmoothingEnabled = false;
  rows.forEach((row, y) => {
    row.forEach((canvas, x) => {
      const [left, top, side] = [pitch * x * scale, pitch * y * scale, SIDE * scale];
      context.drawImage(canvas, left, top, side, side);
    });
  });
  return blobOf(big);
}

/**
 * A picture that can be painted; rejects what the browser cannot show.
 *
 * @param {string} src
 */
export async function decoded(src) {
  const image = make("img", { src });
  await image.decode();
  return image;
}

/**
 * A canvas as PNG.
 *
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
export const blobOf = (canvas) =>
  new Promise((done, fail) => {
    canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("The picture is too large."))));
  });
