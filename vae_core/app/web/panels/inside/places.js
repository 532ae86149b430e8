// Places in a picture, in words.

import { SIDE } from "../../core/bytes.js";

/** @param {number} at of a pixel */
export const pixelName = (at) => `row ${Math.floor(at / SIDE) + 1}, column ${(at % SIDE) + 1}`;

/** The pixel that is meant at first: about the middle. */
export const MIDDLE = 14 * SIDE + 14;
