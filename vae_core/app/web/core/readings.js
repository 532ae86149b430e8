// What the independent classifier reads, in words.

/** @import { Reading } from "./types.js" */

/** @param {number} sure */
const share = (sure) => (sure > 0.995 ? "over 99" : String(Math.round(100 * sure)));

/** @param {Reading} reading */
const readAs = ({ digit }) => (digit === null ? "no digit" : String(digit));

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
  digit === null ? "no digit" : `${digit} · ${Math.floor(100 * sure)} %`;
