// The shipped example digits as pixels, cut out of their sheet.

import { boot } from "../core/boot.js";
import { pack, SIDE } from "../core/bytes.js";
import { contextOf, digitCanvas } from "./digit.js";
import { decoded } from "./png.js";

/** @type {Promise<HTMLImageElement> | null} */
let sheet = null;

const load = () => decoded(new URL(boot.examples.url, document.baseURI).toString());

/**
 * Base64 of the 784 bytes of an example.
 *
 * @param {number} place in the sheet
 */
export async function example(place) {
  sheet ??= load();
  const { columns } = boot.examples;
  const [left, top] = [-SIDE * (place % columns), -SIDE * Math.floor(place / columns)];
  const context = contextOf(digitCanvas(), { willReadFrequently: true });
  context.drawImage(await sheet, left, top);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  return pack(data.filter((_, i) => i % 4 === 0));
}
