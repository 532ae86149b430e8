// The places of the test digits on a plane, and the code of any place on it.

import { unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";

/** @import { Still } from "../../core/requests.js" */
/** @import { Server } from "../../core/types.js" */
/** @import { Extent, Spot } from "./view.js" */

/** @typedef {{ origin: number[], across: number[], up: number[] }} Flat a plane through the space */

/**
 * What the server says of a plane.
 *
 * @typedef {object} Answer
 * @property {number} progress
 * @property {string} places base64 of 16-bit pairs
 * @property {number} scale of those
 * @property {string} labels a character a digit
 * @property {string[]} planes that the model has
 * @property {Flat | null} plane null for t-SNE
 * @property {number | null} share of the variance
 * @property {string | null} mass base64 of a square of levels
 * @property {[number, number, number, number] | null} extent of those
 * @property {Spot | null} centre of the prior
 */

const FINE = 1e5; // a code travels with five decimals
const ROOM = 0.06;

/**
 * Ask until all digits are encoded.
 *
 * @param {Server} server
 * @param {{ checkpoint: string, plane: string, points?: number[][] }} asked
 * @param {Still} still
 * @param {(share: number) => void} onprogress
 */
export async function loadChart(server, asked, still, onprogress) {
  for (;;) {
    /** @type {Answer} */
    const answer = await still(call(server, "codes", asked));
    if (answer.progress >= 1) return new Chart(answer);
    onprogress(answer.progress);
  }
}

export class Chart {
  /** @type {Float32Array} */
  s;
  /** @type {Float32Array} */
  t;

  /** @param {Answer} answer */
  constructor(answer) {
    this.about = answer;
    const bytes = unpack(answer.places);
    const whole = new DataView(bytes.buffer, bytes.byteOffset);
    this.count = bytes.length / 4;
    const at = (/** @type {number} */ place) => answer.scale * whole.getInt16(2 * place, true);
    this.s = Float32Array.from({ length: this.count }, (_, i) => at(2 * i));
    this.t = Float32Array.from({ length: this.count }, (_, i) => at(2 * i + 1));
    this.labels = Uint8Array.from(answer.labels, Number);
  }

  /** @returns {Flat | null} */
  get plane() {
    return this.about.plane;
  }

  /** @returns {Extent} of the codes, with room around */
  get extent() {
    const [s0, s1, t0, t1] = this.about.extent ?? [...spanOf(this.s), ...spanOf(this.t)];
    return { s0, s1, t0, t1 };
  }

  /**
   * The code of a place.
   *
   * @param {Spot} spot
   * @returns {number[] | null} null where there is none
   */
  code([s, t]) {
    if (!this.plane) return null;
    const { origin, across, up } = this.plane;
    return origin.map((v, i) => Math.round((v + s * across[i] + t * up[i]) * FINE) / FINE);
  }

  /**
   * Where a code projects to.
   *
   * @param {number[]} z
   * @returns {Spot}
   */
  spotOf(z) {
    const { origin, across, up } = /** @type {Flat} */ (this.plane);
    const away = z.map((v, i) => v - origin[i]);
    const along = (/** @type {number[]} */ axis) =>
      away.reduce((sum, v, i) => sum + v * axis[i], 0);
    return [along(across), along(up)];
  }

  /**
   * The nearest place towards the origin whose code every slider can reach.
   *
   * @param {Spot} spot
   * @param {number} limit of a slider
   * @returns {Spot}
   */
  within([s, t], limit) {
    if (!this.plane) return [s, t];
    const { origin, across, up } = this.plane;
    let part = 1;
    for (let i = 0; i < origin.length; i++) {
      const step = s * across[i] + t * up[i];
      const room = (step > 0 ? limit - origin[i] : limit + origin[i]) - 1e-3;
      if (Math.abs(step) > room) part = Math.min(part, Math.max(0, room / Math.abs(step)));
    }
    return [s * part, t * part];
  }

  /**
   * The digit nearest to a place.
   *
   * @param {Spot} spot
   * @param {number} [reach] no further than that
   * @returns {number | null}
   */
  nearest([s, t], reach = Number.POSITIVE_INFINITY) {
    let [found, least] = [-1, reach * reach];
    for (let i = 0; i < this.count; i++) {
      const distance = (this.s[i] - s) ** 2 + (this.t[i] - t) ** 2;
      if (distance < least) [found, least] = [i, distance];
    }
    return found < 0 ? null : found;
  }

  /**
   * @param {number} index
   * @returns {Spot}
   */
  spot(index) {
    return [this.s[index], this.t[index]];
  }
}

/**
 * @param {Float32Array} values
 * @returns {[number, number]} with some room
 */
function spanOf(values) {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const v of values) [low, high] = [Math.min(low, v), Math.max(high, v)];
  const room = ROOM * (high - low || 1);
  return [low - room, high + room];
}
