// The example digits that ship with the app, by their places in one sheet.

import { boot, pageSet } from "./boot.js";

const TURNS = 10; // buttons for the examples of a set without classes

const { labels: given } = boot.examples;
const labels = pageSet?.classes.length === 0 ? given.map((_, place) => place % TURNS) : given;

/** The classes that there are examples of, in order. */
export const classes = [...new Set(labels)].sort((a, b) => a - b);

/**
 * @param {number} label
 * @returns {number[]} places of all examples of a class
 */
export const placesOf = (label) =>
  labels.flatMap((other, place) => (other === label ? [place] : []));

/**
 * The place of the nth example of a class, beginning again after the last.
 *
 * @param {number} label
 * @param {number} nth
 */
export function placeOf(label, nth) {
  const places = placesOf(label);
  return places[nth % places.length];
}

/**
 * The class of an example; undefined for a picture that is none.
 *
 * @param {number | undefined} place
 */
export const labelOf = (place) => (place === undefined ? undefined : labels[place]);

/**
 * A place as it stands in an address: "e12"; null for what is none.
 *
 * @param {number | undefined} place
 */
export const writePlace = (place) => (place === undefined ? null : `e${place}`);

/**
 * @param {string | null} text
 * @returns {number | undefined}
 */
export function readPlace(text) {
  const place = Number(/^e(\d{1,4})$/.exec(text ?? "")?.[1]);
  return place < labels.length ? place : undefined;
}
