// The strips of many sliders in one picture. A canvas a slider would be a layer a slider, and the
// browser puts all layers together again at every frame of a drag.

import { SIDE } from "../core/bytes.js";
import { make } from "../parts/nodes.js";
import { contextOf, copyDigits } from "./digit.js";
import { blobOf, decoded } from "./png.js";

/** @import { Bytes } from "../core/bytes.js" */

/**
 * @typedef {object} Film
 * @property {number} steps digits a strip
 * @property {number} width columns kept of each
 * @property {number} skip columns left out before them
 */

/**
 * @typedef {object} FilmSheet
 * @property {(place: number) => Partial<CSSStyleDeclaration>} window background of the element that
 *   shows that strip
 * @property {() => void} drop forget the picture
 */

/**
 * Resolves once the browser can paint it: shown before, the strips would be black for a moment.
 *
 * @param {Bytes} bytes grey digits (count * steps, 28, 28), strip after strip
 * @param {number} count
 * @param {Film} film
 * @returns {Promise<FilmSheet>}
 */
export async function filmSheet(bytes, count, { steps, width, skip }) {
  const canvas = make("canvas", { width: width * steps, height: SIDE * count });
  const context = contextOf(canvas);
  const image = context.createImageData(canvas.width, canvas.height);
  const words = new Uint32Array(image.data.buffer);
  copyDigits(words, canvas.width, bytes, { columns: steps, width, skip });
  context.putImageData(image, 0, 0);
  const url = URL.createObjectURL(await blobOf(canvas));
  await decoded(url);
  return {
    window: (place) => ({
      backgroundImage: `url(${url})`,
      backgroundSize: `100% ${100 * count}%`,
      backgroundPosition: `0 ${(100 * place) / Math.max(1, count - 1)}%`,
    }),
    drop: () => URL.revokeObjectURL(url),
  };
}
