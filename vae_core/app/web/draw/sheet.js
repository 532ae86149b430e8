// The test digits as pixels, cut out of their sheet once it is asked for.

import { AREA, SIDE } from "../core/bytes.js";
import { make } from "../parts/nodes.js";
import { contextOf } from "./digit.js";
import { decoded } from "./png.js";

const BAND = 10; // rows of digits read at a time: the whole sheet would be 31 MB of colours

/** @type {Map<string, Promise<Uint8Array>>} */
const sheets = new Map();

/**
 * Grey levels of all digits, 784 each, one after the other.
 *
 * @param {string} address relative to the page
 * @returns {Promise<Uint8Array>}
 */
export function sheetOf(address) {
  const known = sheets.get(address);
  if (known) return known;
  const loading = load(address).catch((error) => {
    sheets.delete(address); // to be tried again
    throw error;
  });
  sheets.set(address, loading);
  return loading;
}

/** @param {string} address */
async function load(address) {
  const image = await decoded(new URL(address, document.baseURI).toString());
  const columns = image.naturalWidth / SIDE;
  const rows = image.naturalHeight / SIDE;
  const bytes = new Uint8Array(columns * rows * AREA);
  const canvas = make("canvas", { width: image.naturalWidth, height: BAND * SIDE });
  const context = contextOf(canvas, { willReadFrequently: true });
  for (let top = 0; top < rows; top += BAND) {
    const count = Math.min(BAND, rows - top);
    context.drawImage(image, 0, -top * SIDE);
    const { data, width } = context.getImageData(0, 0, canvas.width, count * SIDE);
    cut(data, width, { columns, count }, bytes.subarray(top * columns * AREA));
  }
  return bytes;
}

/**
 * @param {Uint8ClampedArray} data colours of a band
 * @param {number} width
 * @param {{ columns: number, count: number }} band digits a row, and rows
 * @param {Uint8Array} to
 */
function cut(data, width, { columns, count }, to) {
  let at = 0;
  for (let digit = 0; digit < columns * count; digit++) {
    const [left, top] = [SIDE * (digit % columns), SIDE * Math.floor(digit / columns)];
    for (let y = 0; y < SIDE; y++) {
      const from = 4 * ((top + y) * width + left);
      for (let x = 0; x < SIDE; x++) to[at++] = data[from + 4 * x];
    }
  }
}
