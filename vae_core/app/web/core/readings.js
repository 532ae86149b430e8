// What the independent classifier reads, in words.

import { className } from "./boot.js";

/** @import { Reading } from "./types.js" */

/** @param {number} sure */
const share = (sure) => (sure > 0.995 ? "over 99" : String(Math.round(100 * sure)));

/** @param {Reading} reading */
export const readAs = ({ digit }) => (digit === null ? "no digit" : className(digit));

/**
 * A sentence: "Reads as 3 (99 %)."
 *
 * @param {Reading} reading
 */
export const readingSentence = (reading) =>
  `Reads as ${readAs(reading)} (${share(reading.sure)} %).`;

/**
 * Within a sentence: "reads as 3, 99 %".
 *
 * @param {Reading} reading
 */
export const readingWords = (reading) => `reads as ${readAs(reading)}, ${share(reading.sure)} %`;

/**
 * Beneath a picture: "3 · 99 %".
 *
 * @param {Reading} reading
 */
export const readingMark = ({ digit, sure }) =>
  digit === null ? "no digit" : `${className(digit)} · ${Math.floor(100 * sure)} %`;

/**
 * In the corner of a picture: a digit, or what tells a class's name from others; "?" for none.
 *
 * @param {Reading} reading
 */
export const shortReading = ({ digit }) =>
  digit === null ? "?" : className(digit).replace(/^(.{7}).{2,}$/, "$1…");
