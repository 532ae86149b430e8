// What goes into a picture input and comes out of it. Types alone, no code.

/** @import { Box, Picture } from "../core/types.js" */

/**
 * @typedef {object} Given a new picture
 * @property {Picture} picture
 * @property {string} source "drawing", "upload", "drop", "clipboard", "camera" or "example"
 * @property {string | null} [file] name of the file that a person could open again
 * @property {number} [place] of an example in the sheet
 */

/**
 * @typedef {object} PictureOptions
 * @property {(given: Given) => unknown} onpicture
 * @property {(drawing: { picture: string, event: Event }) => void} [onlive] the drawing while it
 *   grows
 * @property {(index: number) => void} [onchoose] another one of several digits was picked
 * @property {() => void} [onclear] the pad was cleared, and nothing is left to show
 * @property {() => void} [ondrop] a stroke that onlive spoke of was none
 * @property {string} [label]
 * @property {{ upload?: string, pad?: string }} [testids]
 */

/**
 * What is shown on the pad: base64 of 784 bytes, or a data URI with the digits found in it.
 *
 * @typedef {object} Shown
 * @property {string} [pixels]
 * @property {string} [source]
 * @property {Box[]} [boxes]
 * @property {number} [chosen]
 * @property {string} [input] base64 of the digit that it became
 */

export {};
