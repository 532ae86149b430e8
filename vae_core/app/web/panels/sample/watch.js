// One draw on its way from noise to code to digit, step by step: played, stepped or pulled along.

import { digitAt, SIDE } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { number, whole } from "../../core/numbers.js";
import { readingWords } from "../../core/readings.js";
import { requests } from "../../core/requests.js";
import { paint, paintRow } from "../../draw/digit.js";
import { attributes, fillRange, find, num, say, text } from "../../parts/nodes.js";
import { onResize } from "../../parts/resized.js";

/** @import { Bytes } from "../../core/bytes.js" */
/** @import { Reading, Server } from "../../core/types.js" */

const STEP_MS = 130; // of a play
const CALM_MS = 600; // the same for who asked for calm
const NARROWEST = 30; // pixels of a frame in the strips
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @typedef {object} Way
 * @property {number[]} sigmas noise levels, in standard deviations of the codes
 * @property {Bytes} noisy digits, one a level
 * @property {Bytes} denoised
 * @property {Reading[] | null} readings of the denoised
 * @property {number[]} z slider values of the draw
 * @property {number | null} label
 * @property {number} guidance
 */

/** @typedef {{ way: Way, place: number, asked: string }} Shown */

/**
 * Places of the frames that fit into a strip, the first and the last among them.
 *
 * @param {number} count of all frames
 * @param {number} width pixels of the strip
 */
export function framesFor(count, width) {
  const room = Math.max(2, Math.min(count, Math.floor(width / NARROWEST)));
  return Array.from({ length: room }, (_, i) => Math.round((i * (count - 1)) / (room - 1)));
}

export class Watch {
  #box;
  #server;
  #onopen;
  #requests;
  #range;
  #play;
  /** @type {HTMLCanvasElement[]} the noisy code's and the denoised one's */
  #heroes;
  /** @type {HTMLCanvasElement[]} */
  #strips;
  /** @type {Shown | null} */
  #shown = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {HTMLElement | null} the draw that was pressed */
  #origin = null;

  /**
   * @param {HTMLElement} root of the panel
   * @param {Server} server
   * @param {(way: Way, pixels: Bytes) => void} onopen the draw is sent to Explore
   */
  constructor(root, server, onopen) {
    this.#box = find(root, ".watch");
    this.#server = server;
    this.#onopen = onopen;
    this.#range = find(this.#box, "input", HTMLInputElement);
    this.#play = find(this.#box, "[data-do=watch-play]");
    const canvas = (/** @type {string} */ name) => find(this.#box, name, HTMLCanvasElement);
    this.#heroes = [canvas("[data-testid=watch-noisy]"), canvas("[data-testid=watch-denoised]")];
    this.#strips = [canvas(".film-noisy"), canvas(".film-denoised")];
    this.#requests = requests({
      onerror: (sentence) => say(root, sentence),
      onbusy: (busy) => this.#box.setAttribute("aria-busy", String(busy)),
    });
    this.#listen();
  }

  /**
   * Watch one of the draws of `body`.
   *
   * @param {object} body what the grid was asked for
   * @param {number} index of the draw
   * @param {HTMLElement | null} origin its button
   */
  open(body, index, origin) {
    this.#origin = origin;
    this.#requests.ask(async (still) => {
      /** @type {Way} */
      const way = await still(call(this.#server, "watch", { ...body, index }));
      this.#shown = { way, place: 0, asked: JSON.stringify(body) };
      find(this.#box, ".watch-title").textContent = `Sample ${index + 1} comes about`;
      this.#describe(way);
      this.#range.max = String(way.sigmas.length - 1);
      this.#box.hidden = false;
      this.#paintStrips();
      this.#moveTo(0);
      this.#box.scrollIntoView({ block: "nearest" });
      this.#range.focus({ preventScroll: true });
      if (!calm.matches) this.#start();
    });
  }

  /**
   * The grid shows the draws of `body`: another one's way has no place beside them.
   *
   * @param {object} body
   */
  keepFor(body) {
    if (this.#shown?.asked !== JSON.stringify(body)) this.close();
  }

  close() {
    this.#requests.drop();
    this.#pause();
    this.#shown = null;
    this.#box.hidden = true;
  }

  // ------------------------------------------------------------------ playing
  get #isPlaying() {
    return this.#play.getAttribute("aria-pressed") === "true";
  }

  #start() {
    const shown = this.#shown;
    if (!shown) return;
    if (shown.place >= shown.way.sigmas.length - 1) this.#moveTo(0);
    attributes(this.#play, { "aria-pressed": true, "aria-label": "Pause" });
    this.#tick();
  }

  #pause() {
    clearTimeout(this.#timer);
    attributes(this.#play, { "aria-pressed": false, "aria-label": "Play" });
  }

  #tick() {
    clearTimeout(this.#timer);
    const step = calm.matches ? CALM_MS : STEP_MS;
    this.#timer = setTimeout(() => {
      const shown = this.#shown;
      if (!shown || !this.#box.isConnected || this.#box.offsetParent === null) return this.#pause();
      this.#moveTo(shown.place + 1);
      if (shown.place >= shown.way.sigmas.length - 1) this.#pause();
      else this.#tick();
    }, step);
  }

  // ------------------------------------------------------------------ one step
  /**
   * By hand, which ends the play.
   *
   * @param {number} place
   */
  #pull(place) {
    this.#pause();
    this.#moveTo(place);
  }

  /** @param {number} place */
  #moveTo(place) {
    const shown = this.#shown;
    if (!shown) return;
    const { sigmas, readings, noisy, denoised } = shown.way;
    const last = sigmas.length - 1;
    shown.place = Math.max(0, Math.min(last, place));
    this.#range.value = String(shown.place);
    fillRange(this.#range);
    paint(this.#heroes[0], digitAt(noisy, shown.place));
    paint(this.#heroes[1], digitAt(denoised, shown.place));
    const reading = readings?.[shown.place];
    const read = reading ? readingWords(reading) : "";
    const noise = shown.place === last ? "none left" : `${number(sigmas[shown.place])} spreads`;
    find(this.#box, ".watch-step").textContent = `${shown.place + 1} of ${whole(sigmas.length)}`;
    find(this.#box, ".watch-noise").textContent = noise;
    find(this.#box, ".watch-read").textContent = read;
    this.#range.setAttribute("aria-valuetext", `noise ${noise}${read ? `, ${read}` : ""}`);
    this.#box.style.setProperty("--place", String(shown.place / last));
    this.#box.dataset.place = String(shown.place);
  }

  // ------------------------------------------------------------------ strips
  #paintStrips() {
    const shown = this.#shown;
    const width = this.#strips[0].parentElement?.clientWidth ?? 0;
    if (!shown || !width) return;
    const places = framesFor(shown.way.sigmas.length, width);
    this.#box.style.setProperty("--frames", String(places.length));
    for (const [canvas, bytes] of /** @type {[HTMLCanvasElement, Bytes][]} */ ([
      [this.#strips[0], shown.way.noisy],
      [this.#strips[1], shown.way.denoised],
    ])) {
      const frames = new Uint8Array(places.length * SIDE * SIDE);
      for (const [i, place] of places.entries()) frames.set(digitAt(bytes, place), i * SIDE * SIDE);
      paintRow(canvas, frames, places.length);
    }
  }

  /** @param {PointerEvent} event */
  #press(event) {
    const shown = this.#shown;
    const { left, width } = this.#strips[0].getBoundingClientRect();
    if (!shown || !width) return;
    const places = framesFor(shown.way.sigmas.length, width);
    const frame = Math.floor(((event.clientX - left) / width) * places.length);
    this.#pull(places[Math.max(0, Math.min(places.length - 1, frame))]);
  }

  // ------------------------------------------------------------------ words, hands
  /** @param {Way} way */
  #describe({ sigmas, guidance }) {
    const steps = num(whole(sigmas.length - 1));
    const lean =
      guidance === 1
        ? ""
        : text` Each step leans ${num(number(guidance, 2))} times as far towards the digit that it was asked for (guidance), and so guided, a draw has no likelihood at all.`;
    find(this.#box, ".watch-words").replaceChildren(
      text`In ${steps} steps a code of mere noise, ${num(whole(sigmas[0]))} times as wide as the codes of digits, becomes the code of one. The noisy code lies where the decoder was never trained, and paints anything; it is taken for the mean of all codes that the noise could hide: at first that of every digit, or of every one with the label asked for, at last this one alone, the draw of the grid. The diffusion model that does this is not the prior under which the model’s likelihood is reported.`,
      lean,
    );
  }

  #listen() {
    this.#range.addEventListener("input", () => this.#pull(Number(this.#range.value)));
    this.#play.addEventListener("click", () => {
      if (this.#isPlaying) this.#pause();
      else this.#start();
    });
    for (const [name, by] of /** @type {[string, number][]} */ ([
      ["watch-back", -1],
      ["watch-on", 1],
    ])) {
      const hand = find(this.#box, `[data-do=${name}]`);
      hand.addEventListener("click", () => this.#pull((this.#shown?.place ?? 0) + by));
    }
    find(this.#box, ".films").addEventListener("pointerdown", (event) => this.#press(event));
    find(this.#box, "[data-do=watch-close]").addEventListener("click", () => this.#leave());
    this.#box.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#leave();
    });
    find(this.#box, "[data-do=watch-explore]").addEventListener("click", () => {
      const shown = this.#shown;
      if (!shown) return;
      const { way } = shown;
      this.#onopen(way, digitAt(way.noisy, way.sigmas.length - 1));
    });
    onResize(find(this.#box, ".films"), () => this.#paintStrips());
  }

  #leave() {
    this.close();
    this.#origin?.focus();
  }
}
