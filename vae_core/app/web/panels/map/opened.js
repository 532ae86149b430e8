// What a link says of the map: where it points, how near, and the corners of its plane.

import { readNumbers, writeNumbers } from "../../core/address.js";
import { openedWith } from "../../core/state.js";

/** @import { Spot, View } from "./view.js" */

const BETWEEN = "_"; // codes of the corners
export const FIELDS = ["plane", "at", "zoom", "corners"];

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
