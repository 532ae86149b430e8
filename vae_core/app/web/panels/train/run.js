// A run on the server, followed over a socket of its own: each answer is asked for, and asking is
// the sign of life. No timer takes part in that, since browsers slow those of a hidden tab; one
// only gives up a socket on which nothing comes, as when a network was changed.
//
// A command that gets no answer is sent again under the same number, which the server obeys once.

import { call } from "../../core/calls.js";
import { wait } from "../../core/connection.js";
import { StudioLost, sentenceOf } from "../../core/errors.js";
import { visitor } from "../../core/own.js";

/** @import { CurvePoint, Server } from "../../core/types.js" */
/** @import { Changes, Look } from "./types.js" */

const PATH = "studio/training";
const POLL_MS = 500; // between two questions of a page that has no socket
const SILENCE_MS = 8000; // the server answers within 5 s, and gives a run up after 15
const TRIES = 3; // of a command

const address = () => new URL(PATH, document.baseURI).toString().replace(/^http/, "ws");

/** @param {Look | null} look */
const isOver = (look) => !look || look.state === "none" || look.state === "ended";

/**
 * @typedef {object} RunOptions
 * @property {Server} server
 * @property {(look: Look) => void} onlook there is something new
 * @property {(sentence: string) => void} onerror
 */

export class Run {
  /** @type {CurvePoint[]} */
  points = [];
  /** @type {Look | null} */
  look = null;
  #options;
  /** @type {WebSocket | null} */
  #socket = null;
  /** @type {unknown} */
  #stamp = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} until the socket is given up */
  #alarm;
  #isPolling = false;
  #begun = 0; // runs: what is said of an earlier one no longer counts
  /** @type {Promise<void>} */
  #commands = Promise.resolve();

  /** @param {RunOptions} options */
  constructor(options) {
    this.#options = options;
  }

  /** Whether there is a run that is not over. */
  get isOn() {
    return !isOver(this.look);
  }

  /**
   * Ask for a run; throws a StudioError with a sentence.
   *
   * @param {string} recipe
   * @param {Changes} changes
   * @param {string | null} own base64 of the visitor's digit
   */
  async start(recipe, changes, own) {
    const { server } = this.#options;
    const look = await call(server, "start_training", { visitor, recipe, changes, own });
    this.#begun++;
    this.points = [];
    this.#stamp = null;
    this.take(look);
  }

  /**
   * One at a time, since a later one may overtake on another connection; but nothing holds up a
   * stop.
   *
   * @param {string} command
   * @param {number} [value]
   */
  command(command, value) {
    const before = command === "stop" ? Promise.resolve() : this.#commands;
    const order = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
    this.#commands = before.then(() => this.#insist({ command, value, order }));
    return this.#commands;
  }

  /** @param {{ command: string, value?: number, order: number }} asked */
  async #insist(asked) {
    const { server, onerror } = this.#options;
    const begun = this.#begun;
    for (let left = TRIES - 1; begun === this.#begun; left--) {
      try {
        const sent = { visitor, ...asked, since: this.points.length };
        const look = await call(server, "command_training", sent, { timeout: SILENCE_MS });
        if (begun === this.#begun) this.take(look);
        return;
      } catch (error) {
        if (left && error instanceof StudioLost) continue;
        onerror(sentenceOf(error));
        return;
      }
    }
  }

  /**
   * Something new of the run; follow it from here on.
   *
   * @param {Look} look
   */
  take(look) {
    const isNext = look.next - look.points.length === this.points.length;
    if (isNext) this.points.push(...look.points);
    this.look = look;
    if (this.isOn) this.#follow();
    else this.#leave();
    this.#options.onlook(look);
  }

  #leave() {
    const socket = this.#socket;
    this.#socket = null;
    clearTimeout(this.#alarm);
    socket?.close(1000);
  }

  #follow() {
    if (this.#socket || this.#isPolling) return;
    const socket = new WebSocket(address());
    let wasOpen = false;
    const isMine = () => this.#socket === socket;
    const lost = () => {
      if (!isMine()) return;
      this.#leave();
      if (this.isOn) this.#poll(wasOpen);
    };
    this.#alarm = setTimeout(lost, SILENCE_MS);
    const ask = () => {
      if (!isMine() || socket.readyState !== WebSocket.OPEN) return;
      clearTimeout(this.#alarm);
      this.#alarm = setTimeout(lost, SILENCE_MS);
      const asked = { visitor, since: this.points.length, stamp: this.#stamp };
      socket.send(JSON.stringify(asked));
    };
    socket.onopen = () => {
      wasOpen = true;
      ask();
    };
    socket.onmessage = async ({ data }) => {
      if (!isMine()) return;
      const { look, stamp } = JSON.parse(data);
      this.#stamp = stamp ?? null;
      try {
        if (look) this.take(look);
        else await wait(POLL_MS); // the server has too much to do
      } finally {
        ask(); // also where the look could not be drawn
      }
    };
    socket.onclose = lost;
    this.#socket = socket;
  }

  /**
   * The socket is away: ask by calls, and try it again where there was one.
   *
   * @param {boolean} wasOpen
   */
  async #poll(wasOpen) {
    this.#isPolling = true;
    while (this.isOn && this.#isPolling) {
      await wait(POLL_MS);
      const begun = this.#begun;
      try {
        const asked = { visitor, since: this.points.length };
        const how = { timeout: SILENCE_MS };
        const look = await call(this.#options.server, "look_at_training", asked, how);
        if (begun !== this.#begun) continue;
        this.#stamp = null;
        this.#isPolling = !wasOpen;
        this.take(look);
      } catch (error) {
        this.#options.onerror(sentenceOf(error));
      }
    }
    this.#isPolling = false;
  }
}
