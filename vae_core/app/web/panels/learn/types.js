// Shapes of lessons. Types alone, no code.

/**
 * What a lesson sees of the page.
 *
 * @typedef {object} Look
 * @property {string | null} model
 * @property {number} seed of Sample
 * @property {number[] | null} code slider values of Explore
 * @property {string} reading what a classifier reads in Explore's digit, "" for none
 * @property {string | null} pointed the part of Inside that is pointed at
 * @property {number} points how often one pointed at a part of Inside
 * @property {number} mapped places of the map that were decoded
 * @property {boolean} pulled whether a tangent of the map is pulled
 * @property {number} eps seed of Inside's draw
 * @property {string} picture the digit that the panel at hand works on
 * @property {number} scrubber of Interpolate, 0 to 1
 * @property {string} path of Interpolate
 * @property {string} damage level of Compare's noise
 * @property {boolean} unfolded whether Explore's unused sliders are on show
 */

/**
 * An act that is recognised: `done` compares how the page is with how it was.
 *
 * @typedef {{ ask: string, done: (now: Look, before: Look) => boolean }} Act
 */

/**
 * Where a step begins.
 *
 * @typedef {object} Setting
 * @property {string} panel
 * @property {string} model
 * @property {number} [digit] class of the example that the panel is handed
 * @property {number} [nth] which example of it
 * @property {[number, number]} [ends] classes of both ends of Interpolate
 * @property {string} [view] of Compare
 */

/**
 * @typedef {object} Step
 * @property {Setting} [at] absent where the step goes on from the one before
 * @property {() => string} words with this model's own figures
 * @property {Act} act
 */

/** @typedef {{ key: string, title: string, about: string, steps: Step[] }} Lesson */

export {};
