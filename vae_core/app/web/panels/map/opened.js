// What a link says of the map: where it points, how near, and the corners of its plane.

import { readNumbers, within, writeNumbers } from "../../core/address.js";
import { openedWith } from "../../core/state.js";

/** @import { Model } from "../../core/types.js" */
/** @import { Spot, View } from "./view.js" */

const BETWEEN = "_"; // codes of the corners
export const FIELDS = ["plane", "at", "zoom", "corners", "lasso", "class", "pull"];

/**
 * The place that a link holds.
 *
 * @param {string} kind of plane
 * @returns {Spot | null}
 */
export function openedPlace(kind) {
  const [s, t, ...rest] = readNumbers(openedWith("at")) ?? [];
  const isIts = (openedWith("plane") ?? kind) === kind;
  return isIts && t !== undefined && !rest.length ? [s, t] : null;
}

/**
 * How near a view is and where its middle lies, as an address spells it; null with all in view.
 *
 * @param {View} view
 */
export function spellView(view) {
  const { zoom, s, t } = view;
  return view.isWhole ? null : writeNumbers([zoom, s, t]);
}

/**
 * Show what a link shows.
 *
 * @param {View} view of the plane that the link names
 */
export function openView(view) {
  const [zoom, s, t, ...rest] = readNumbers(openedWith("zoom")) ?? [];
  if (t !== undefined && !rest.length) view.look(zoom, s, t);
}

/** @param {number[][]} codes of the corners */
export const spellCorners = (codes) => codes.map(writeNumbers).join(BETWEEN) || null;

/**
 * The three codes that a link names; null where it names none of this size.
 *
 * @param {number} size of a code
 */
export function openedCorners(size) {
  const codes = (openedWith("corners") ?? "").split(BETWEEN).map(readNumbers);
  const fits = codes.length === 3 && codes.every((z) => z?.length === size);
  return fits ? /** @type {number[][]} */ (codes) : null;
}

/** @param {Spot | null} at */
export const spellPlace = (at) => at && writeNumbers(at);

/** @param {Spot[]} line simplified */
export const spellLasso = (line) => writeNumbers(line.flat());

/** @returns {Spot[] | null} the lasso that a link holds */
export function openedLasso() {
  const numbers = readNumbers(openedWith("lasso")) ?? [];
  if (numbers.length < 6 || numbers.length % 2) return null;
  return Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
}

/** @returns {number | null} the class that a link chooses */
export const openedClass = () => within(openedWith("class"), 0, 9, null, { whole: true });

/**
 * The plane that shows most: a flow's base noise looks the same from all sides.
 *
 * @param {Model} model
 */
export const usualPlane = ({ latent_dim: d, prior }) => {
  if (d === 2) return "whole";
  return prior === "flow" ? "lda" : "pca";
};
