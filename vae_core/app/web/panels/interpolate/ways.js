// The way from A to B: its strip, the plain autoencoder's beside it, and the geodesic, which is
// found round by round, with its length beside the others'.

import { countOf, digitAt, pack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { fixed, percent } from "../../core/numbers.js";
import { requests } from "../../core/requests.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { find, findAll, num, resize, text } from "../../parts/nodes.js";

/** @import { Still } from "../../core/requests.js" */
/** @import { Server } from "../../core/types.js" */
/** @import { Read } from "./end.js" */
/** @import { Way } from "./strips.js" */

/**
 * @typedef {object} Curve
 * @property {number[][]} waves
 * @property {number} rounds
 * @property {boolean} done
 * @property {number} progress
 * @property {number[]} places t at equal distances
 * @property {number} length
 * @property {number} straight
 * @property {number | null} spherical
 * @property {number} reach largest ‖z‖ on it
 */

/**
 * @typedef {{ checkpoint: string, a: number[], b: number[], labels: (number | null)[] | null, path: string }} Asked
 */

/**
 * @typedef {object} WaysOptions
 * @property {Server} server
 * @property {(way: Way) => void} onway
 * @property {() => void} oncurve the geodesic is there, or gone
 * @property {(busy: boolean) => void} onbusy
 * @property {(sentence: string) => void} onerror
 */

export class Ways {
  #root;
  #options;
  #ways;
  #plain = requests({ onerror: (sentence) => console.warn(sentence) }); // a courtesy
  /** @type {Curve | null} */
  #curve = null;

  /**
   * @param {HTMLElement} root of the panel
   * @param {WaysOptions} options
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
    this.#ways = requests({ onbusy: options.onbusy, onerror: options.onerror });
  }

  /**
   * Ask for the way, and for the plain autoencoder's.
   *
   * @param {Asked} asked
   * @param {number} steps
   * @param {{ a: Read, b: Read }} ends
   */
  ask(asked, steps, ends) {
    this.#curve = null;
    this.#say(null);
    this.#askPlain(asked, steps, ends);
    return this.#ways.ask(async (still) => {
      const { onway, oncurve, server } = this.#options;
      if (asked.path !== "geodesic")
        return onway(await still(call(server, "way", { ...asked, steps })));
      const straight = call(server, "way", { ...asked, path: "linear", steps });
      onway(await still(straight)); // to be looked at meanwhile
      const { waves } = await this.#find(asked, still);
      oncurve();
      onway(await still(call(server, "bent", { ...asked, waves, steps })));
    });
  }

  /**
   * What the live picture at t is asked by: evenly along a geodesic, once there is one.
   *
   * @param {Asked} asked
   * @param {number} t
   */
  at(asked, t) {
    if (asked.path !== "geodesic") return { ...asked, t };
    const straight = { ...asked, path: "linear" };
    if (!this.#curve) return { ...straight, t };
    const { places, waves } = this.#curve;
    const at = t * (places.length - 1);
    const before = Math.min(Math.floor(at), places.length - 2);
    const place = places[before] + (at - before) * (places[before + 1] - places[before]);
    return { ...straight, t: Math.min(1, Math.max(0, place)), waves };
  }

  /**
   * The way as a moving picture.
   *
   * @param {Asked} asked
   * @returns {Promise<{ gif: BlobPart }>}
   */
  film(asked) {
    const { server } = this.#options;
    if (asked.path !== "geodesic") return call(server, "film", asked);
    if (!this.#curve) return call(server, "film", { ...asked, path: "linear" });
    return call(server, "bent_film", { ...asked, waves: this.#curve.waves });
  }

  /**
   * @param {Asked} asked
   * @param {Still} still
   * @returns {Promise<Curve>}
   */
  async #find(asked, still) {
    /** @type {Curve | null} */
    let curve = null;
    this.#say(null, 0);
    while (!curve?.done) {
      const { waves = null, rounds = 0 } = curve ?? {};
      const next = { ...asked, waves, rounds };
      curve = /** @type {Curve} */ (await still(call(this.#options.server, "geodesic", next)));
      this.#say(curve, curve.progress);
    }
    this.#curve = curve;
    return curve;
  }

  /**
   * @param {Curve | null} curve
   * @param {number} [progress]
   */
  #say(curve, progress) {
    const box = find(this.#root, ".lengths");
    const bar = find(box, "progress", HTMLProgressElement);
    box.hidden = !curve && progress === undefined;
    bar.hidden = progress === undefined || progress >= 1;
    bar.value = progress ?? 0;
    if (!curve) return find(box, "span").replaceChildren("Looking for the shortest way …");
    const { length, straight, spherical, reach } = curve;
    const arc = spherical === null ? "" : text`, spherical ${num(fixed(spherical))}`;
    const gain = text`, geodesic ${num(fixed(length))}: ${num(percent(1 - length / straight))} % less than straight`;
    const words = text`How much the picture changes on the way: linear ${num(fixed(straight))}${arc}${gain}. Its codes go out to ‖z‖ ${num(fixed(reach))}.`;
    find(box, "span").replaceChildren(words);
  }

  /**
   * @param {Asked} asked
   * @param {number} steps
   * @param {{ a: Read, b: Read }} ends
   */
  #askPlain({ checkpoint }, steps, { a, b }) {
    const row = find(this.#root, ".plain-row");
    row.hidden = checkpoint === "ae";
    if (row.hidden) return;
    this.#plain.ask(async (still) => {
      const digits = { a: pack(a.bytes), b: pack(b.bytes), steps };
      const { pixels } = await still(call(this.#options.server, "plain", digits));
      row.hidden = !pixels.length;
      const strip = find(row, ".strip");
      resize(strip, countOf(pixels), () => digitCanvas());
      findAll(strip, "canvas", HTMLCanvasElement).forEach((canvas, i) => {
        paint(canvas, digitAt(pixels, i));
      });
    });
  }
}
