// Shapes of what the server answers to Use. Types alone, no code.

/** @import { Server } from "../../core/types.js" */
/** @import { Still } from "../../core/requests.js" */

/** @typedef {{ value: number, sem: number }} Figure a share and its standard error */

/**
 * Training digits, the nearest first.
 *
 * @typedef {object} Neighbours
 * @property {number[]} indices
 * @property {number[]} labels
 * @property {number[]} distances
 * @property {string} digits base64, one digit after the other
 * @property {boolean[]} decoded from the code, of a digit that is not at hand
 * @property {number} searched
 */

/** @typedef {{ searched: number, code: Figure, pixels: Figure }} Precise */

/**
 * @typedef {object} Searched
 * @property {number} progress of the codes, 0 to 1; below 1 the rest is missing
 * @property {Neighbours} code
 * @property {Neighbours} pixels
 * @property {number} encoding milliseconds
 * @property {number} milliseconds of the search by code
 * @property {Precise[]} measured
 * @property {string} command
 * @property {number | null} queries
 */

/**
 * @typedef {object} Score
 * @property {string} name
 * @property {number} score
 * @property {number} normal share of known test digits that score higher
 * @property {number} odd share of odd ones
 * @property {Figure} area
 * @property {number[]} curve_normal
 * @property {number[]} curve_odd
 */

/**
 * @typedef {object} Scored
 * @property {Score[]} scores
 * @property {number} normal test digits
 * @property {number} odd
 * @property {string} reconstruction base64
 * @property {string} recipe
 * @property {string} command
 * @property {number} milliseconds
 */

/**
 * @typedef {{ bits: number, first: number, elbo: number, is_exact: boolean, scheme: string }} Coded
 */

/**
 * @typedef {object} WholeSet bits a digit
 * @property {string} name of the model
 * @property {string} pixels "binary" or "levels"
 * @property {number} bits
 * @property {number} elbo
 * @property {number | null} sem of that, over draws
 * @property {number} images
 * @property {number} png
 * @property {number} xz
 * @property {string} command
 */

/**
 * @typedef {object} Compressed
 * @property {string} picture base64, as it is written
 * @property {string} pixels "binary" for black and white, or "levels" of grey
 * @property {number} png bits
 * @property {string | null} reason why nothing is coded
 * @property {Coded | null} coded
 * @property {WholeSet[]} sets
 */

/**
 * @typedef {object} Spread
 * @property {number} progress of the codes; below 1 the rest is missing
 * @property {string | null} reason why nothing is spread
 * @property {number} given labels
 * @property {number} digits
 * @property {number | null} accuracy of the others, 0 to 1
 * @property {number[]} next places of digits to label
 * @property {string} pictures of those, base64
 * @property {Figure | null} measured
 * @property {(Figure & { method: string, command: string })[]} others measured beside it
 * @property {string} command
 */

/** @typedef {{ numbers: number, error: number }} Lossy a squared error, mean over the pixels */

/**
 * A model's reconstruction; `test` and `sem` are of the test digits, null where not measured.
 *
 * @typedef {Lossy & { name: string, pixels: string, test: number | null, sem: number | null, chosen: boolean }} Through
 */

/**
 * What can be read from "code", "pca" or "pixels": errors, `tsne` of a vote on its map.
 *
 * @typedef {object} Read
 * @property {string} features
 * @property {Figure} probe
 * @property {Figure} neighbours
 * @property {number | null} tsne
 */

/**
 * @typedef {object} Reduced
 * @property {number} fitted training digits that PCA was fitted to
 * @property {string} pixels base64, the picture by each of `steps`
 * @property {Lossy[]} steps by PCA
 * @property {Through[]} models
 * @property {number[]} curve PCA's measured errors of test digits, at the steps; or empty
 * @property {Read[]} reads of the chosen model; or empty
 * @property {number | null} digits test digits behind them
 * @property {string | null} reason why the chosen model takes no part
 * @property {string | null} note
 * @property {string} command
 */

/**
 * Test digits on two numbers; `own` is the picture's place, 1 where `places` have 32,000.
 *
 * @typedef {{ places: string, own: number[] | null, right: Figure }} Laid
 */

/**
 * The same digits by their pixels and by the chosen model's code, or why not.
 *
 * @typedef {object} Flattened
 * @property {string} labels a character a digit
 * @property {number} nearest that name a digit
 * @property {Laid} pixels
 * @property {Laid | null} code
 * @property {string | null} reason
 * @property {boolean} sliders of the place that the sliders give a code, not of the code itself
 */

/**
 * What a use works with.
 *
 * @typedef {object} Setting
 * @property {HTMLElement} view its place on the page
 * @property {Server} server
 * @property {() => void} again its settings changed: it is to ask once more
 * @property {(place: number) => void} take an example
 */

/**
 * One use: what it asks of a digit, base64 of 784 bytes, and what it shows without one.
 *
 * @typedef {object} Use
 * @property {(still: Still, digit: string) => Promise<unknown>} ask
 * @property {() => void} clear
 */

export {};
