// A picture in the address: an example by its place in the query, any other as its 784 bytes after
// the "#", which no server hears of. One that is there on arrival needs no words.

import { readPixels, writePixels } from "../core/address.js";
import { readPlace, writePlace } from "../core/examples.js";
import { keepPicture, openedWith } from "../core/state.js";

/** @import { PictureWidget } from "./picture.js" */

const NONE = "none"; // the pad was cleared, or what was on it is no picture

/**
 * Take the picture that an address spells; null where it spells none.
 *
 * @param {PictureWidget} input
 * @param {string | null} text
 */
export function takeSpelled(input, text) {
  const [place, bytes] = [readPlace(text), readPixels(text)];
  if (place !== undefined) return input.takePlace(place);
  return bytes === null ? null : input.takeDigit(bytes);
}

/**
 * @param {number | undefined} place of an example
 * @param {string} pixels base64 of the picture's digit
 */
export const spellPicture = (place, pixels) => writePlace(place) ?? writePixels(pixels);

/** The field of a panel that holds one picture. */
export class LinkedPicture {
  #field;
  #usual;

  /**
   * @param {string} field
   * @param {number} usual place of the example that is there on arrival
   */
  constructor(field, usual) {
    this.#field = field;
    this.#usual = usual;
  }

  /** @param {PictureWidget} input that takes what the address spells */
  take(input) {
    if (openedWith(this.#field) === NONE) return input.clear();
    return takeSpelled(input, openedWith(this.#field)) ?? input.takePlace(this.#usual);
  }

  /**
   * @param {number | undefined} place of an example
   * @param {string} pixels base64 of the picture's digit
   */
  keep(place, pixels) {
    keepPicture(this.#field, place === this.#usual ? null : spellPicture(place, pixels));
  }

  /** There is no picture. */
  clear() {
    keepPicture(this.#field, NONE);
  }
}
