// What a link says of the way between the ends.

import { within } from "../../core/address.js";
import { openedWith } from "../../core/state.js";

const [FEWEST, MOST] = [2, 64];
export const USUAL_STEPS = 10;
const PATHS = ["linear", "spherical", "geodesic"];
const MIDDLE = 0.5;
export const FIELDS = ["a", "b", "path", "steps", "t"];

/** The path by the link; null leaves it to the model. */
export const openedPath = () => PATHS.find((path) => path === openedWith("path")) ?? null;
export const openedSteps = () => stepsOf(openedWith("steps")) ?? USUAL_STEPS;
/** Place of the scrubber. */
export const openedPlace = () => within(openedWith("t"), 0, 1, MIDDLE);

/** @param {number} t as an address spells it, null for where the scrubber is on arrival */
export const spellPlace = (t) => (t === MIDDLE ? null : String(Math.round(t * 1000) / 1000));

/**
 * A number of steps; null for what is none.
 *
 * @param {string | null} text
 */
export const stepsOf = (text) => within(text, FEWEST, MOST, null, { whole: true });

/** @param {string} text that is no number of steps */
export const stepsRule = (text) =>
  `Steps must be a whole number from ${FEWEST} to ${MOST}, not ${text || "nothing"}.`;
