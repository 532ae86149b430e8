// The acts that a lesson asks for, each recognised by what the page knows.

/** @import { Act, Look } from "./types.js" */

const MOVED = 0.15; // of a slider: more than a touch in passing

/**
 * @param {Look} now
 * @param {Look} before
 * @param {(dim: number) => boolean} [counts]
 */
function hasMoved({ code }, { code: old }, counts = () => true) {
  if (!code || !old || code.length !== old.length) return false;
  return code.some((value, dim) => counts(dim) && Math.abs(value - old[dim]) > MOVED);
}

/** @param {string} ask @returns {Act} */
export const moveSlider = (ask) => ({ ask, done: (now, before) => hasMoved(now, before) });

/**
 * @param {string} ask
 * @param {(dim: number) => boolean} counts
 * @returns {Act}
 */
export const moveOneOf = (ask, counts) => ({
  ask,
  done: (now, before) => hasMoved(now, before, counts),
});

/**
 * @param {string} ask
 * @param {number} digit that the picture must become
 * @returns {Act}
 */
export const makeIt = (ask, digit) => ({
  ask,
  done: (now, before) => hasMoved(now, before) && now.reading === String(digit),
});

/** @param {string} ask @returns {Act} */
export const drawOthers = (ask) => ({ ask, done: (now, before) => now.seed !== before.seed });

/**
 * @param {string} ask
 * @param {string} name
 * @returns {Act}
 */
export const choose = (ask, name) => ({ ask, done: (now) => now.model === name });

/** @param {string} ask @returns {Act} */
export const chooseAnother = (ask) => ({ ask, done: (now, before) => now.model !== before.model });

/** @param {string} ask @returns {Act} */
export const takeAnother = (ask) => ({
  ask,
  done: (now, before) => now.picture !== "" && now.picture !== before.picture,
});

/**
 * @param {string} ask
 * @param {string} part of Inside
 * @returns {Act}
 */
export const pointAt = (ask, part) => ({
  ask,
  done: (now, before) => now.pointed === part && now.points > before.points,
});

/**
 * @param {string} ask
 * @param {number} times
 * @returns {Act}
 */
export const redraw = (ask, times) => ({
  ask,
  done: (now, before) => now.eps >= before.eps + times,
});

/** @param {string} ask @returns {Act} */
export const walk = (ask) => ({
  ask,
  done: (now, before) => Math.abs(now.scrubber - before.scrubber) > 0.05,
});

/** @param {string} ask @returns {Act} */
export const takeOtherPath = (ask) => ({
  ask,
  done: (now, before) => now.path !== "" && now.path !== before.path,
});

/** @param {string} ask @returns {Act} */
export const changeDamage = (ask) => ({
  ask,
  done: (now, before) => now.damage !== before.damage,
});

/** @param {string} ask @returns {Act} */
export const unfold = (ask) => ({ ask, done: (now) => now.unfolded });

/** @param {string} ask @returns {Act} */
export const pointOnMap = (ask) => ({ ask, done: (now, before) => now.mapped > before.mapped });

/** @param {string} ask @returns {Act} */
export const pull = (ask) => ({ ask, done: (now, before) => now.pulled && !before.pulled });
