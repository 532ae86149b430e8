// The live engine: a picture that follows the hand.
//
// push() is called from pointer and keyboard events as often as they come. The newest position
// wins; as many requests travel as the round trip needs, up to six (a browser opens six
// connections; over the socket up to twelve); answers are painted in the order they were asked for,
// at most one a display frame; the last position asked for is always painted. A hidden tab and a
// lost server pause it.

import { isOffline } from "./connection.js";
import { StudioOffline, sentenceOf } from "./errors.js";
import { on } from "./events.js";
import { isSocketOpen } from "./socket.js";
import { state } from "./state.js";

/** @import { CallOptions } from "./calls.js" */

const [MOST_REQUESTS, MOST_ON_SOCKET] = [6, 12];
const FRAME_MS = 1000 / 60;
const HOW = { retry: false, timeout: 15000 };
const [FIRST_GUESS_MS, LONGEST_TRIP_MS, FORGETTING] = [100, 400, 0.02];

/** @param {any} payload */
const isOfTheModel = (payload) => !payload?.checkpoint || payload.checkpoint === state.model;

/**
 * @typedef {object} LiveOptions
 * @property {HTMLElement} canvas gets data-frame (decodes painted) and data-latency-ms (input event
 *   to paint)
 * @property {(payload: any, how: CallOptions) => Promise<any>} request
 * @property {() => any} [payload] the newest payload, read at the moment of sending
 * @property {(answer: any) => void} paint
 * @property {(answer: any, payload: any) => void} [onframe] after each paint
 * @property {(sentence: string | null) => void} [onerror] what the server said about the newest
 *   request; null once that is over
 * @property {(payload: any) => boolean} [fits] whether an answer to it still counts; by default one
 *   that was asked of a checkpoint counts while that is the chosen model
 */

/** @typedef {{ request: number, answer: any, since: number, payload: any }} Ready an answer to paint */

class Live {
  #options;
  /** @type {{ value: () => any, since: number } | null} */
  #next = null; // the newest position not yet sent
  #inFlight = 0;
  #sent = 0;
  #shown = 0;
  /** @type {Ready | null} */
  #ready = null;
  #frameAsked = false;
  #frames = 0;
  /** @type {any} */
  #last = null; // the newest payload that left, to be repeated after an outage
  #complained = false;
  // More requests than the round trip needs only wait in the server's queue, in front of other
  // visitors: the window follows the shortest round trip of late, not the momentary one.
  #shortest = FIRST_GUESS_MS;

  /** @param {LiveOptions} options */
  constructor(options) {
    this.#options = { fits: isOfTheModel, ...options };
    options.canvas.dataset.frame ??= "0";
    options.canvas.dataset.latencyMs ??= "";
    document.addEventListener("visibilitychange", () => this.#pump());
    on("online", () => this.#revive());
  }

  /** Decodes painted so far. */
  get frames() {
    return this.#frames;
  }

  /** Whether nothing waits, travels or is about to be painted. */
  get idle() {
    return !this.#next && this.#inFlight === 0 && !this.#ready;
  }

  /**
   * Ask for a new picture.
   *
   * @param {any} [value] the payload; by default `payload()` at the moment of sending
   * @param {Event} [event] that moved the hand
   */
  push(value, event) {
    const since = event && event.timeStamp > 0 ? event.timeStamp : performance.now();
    const { payload } = this.#options;
    this.#next = { value: value === undefined && payload ? payload : () => value, since };
    this.#pump();
  }

  #pump() {
    const most = isSocketOpen() ? MOST_ON_SOCKET : MOST_REQUESTS;
    const room = Math.min(most, Math.max(2, Math.ceil(this.#shortest / FRAME_MS) + 1));
    if (!this.#next || this.#inFlight >= room || document.hidden || isOffline()) return;
    const { value, since } = this.#next;
    this.#next = null;
    this.#dispatch(value(), since);
  }

  /**
   * @param {any} payload
   * @param {number} since
   */
  async #dispatch(payload, since) {
    const request = ++this.#sent;
    this.#last = payload;
    this.#inFlight++;
    const left = performance.now();
    try {
      const answer = await this.#options.request(payload, HOW);
      this.#noteRoundTrip(performance.now() - left);
      this.#arrived({ request, answer, since, payload });
    } catch (error) {
      this.#failed(error, request, payload);
    } finally {
      this.#inFlight--;
      // A position that had to wait is up to a frame old by now. The browser delivers the next
      // input right before the coming frame, so waiting for that one sends a fresh position.
      if (this.#next) requestAnimationFrame(() => this.#pump());
    }
  }

  /** @param {number} ms */
  #noteRoundTrip(ms) {
    const drift = (Math.min(ms, LONGEST_TRIP_MS) - this.#shortest) * FORGETTING;
    this.#shortest = ms < this.#shortest ? ms : this.#shortest + drift;
  }

  /** @param {Ready} ready */
  #arrived(ready) {
    const newest = Math.max(this.#shown, this.#ready?.request ?? 0);
    if (this.#options.fits(ready.payload) && ready.request > newest) this.#ready = ready;
    if (this.#frameAsked || !this.#ready) return;
    this.#frameAsked = true;
    requestAnimationFrame(() => this.#show());
  }

  /**
   * @param {unknown} error
   * @param {number} request
   * @param {any} payload
   */
  #failed(error, request, payload) {
    const { onerror, fits } = this.#options;
    if (request !== this.#sent || !fits(payload)) return;
    if (error instanceof StudioOffline) {
      this.#next ??= { value: () => payload, since: performance.now() };
    } else if (onerror) {
      this.#complained = true;
      onerror(sentenceOf(error));
    }
  }

  #show() {
    this.#frameAsked = false;
    const ready = this.#ready;
    this.#ready = null;
    const { canvas, fits, paint, onframe, onerror } = this.#options;
    // The model may have been changed between the answer and this frame.
    if (!ready || !fits(ready.payload)) return;
    this.#shown = ready.request;
    paint(ready.answer);
    canvas.dataset.latencyMs = (performance.now() - ready.since).toFixed(1);
    canvas.dataset.frame = String(++this.#frames);
    if (this.#complained && ready.request === this.#sent) {
      this.#complained = false;
      onerror?.(null);
    }
    onframe?.(ready.answer, ready.payload);
  }

  #revive() {
    if (!this.#next && this.#last !== null) {
      const last = this.#last;
      this.#next = { value: this.#options.payload ?? (() => last), since: performance.now() };
    }
    this.#pump();
  }
}

/** @param {LiveOptions} options */
export const live = (options) => new Live(options);
