// A run on the server, followed over a socket of its own: each answer is asked for, and asking is
// the sign of life. No timer takes part in that, since browsers slow those of a hidden tab.

import { call } from "../../core/calls.js";
import { wait } from "../../core/connection.js";
import { sentenceOf } from "../../core/errors.js";
import { visitor } from "../../core/own.js";

/** @import { CurvePoint, Server } from "../../core/types.js" */
/** @import { Changes, Look } from "./types.js" */

const PATH = "studio/training";
const POLL_MS = 500; // between two questions of a page that has no socket

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
  #isPolling = false;

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
    this.points = [];
    this.#stamp = null;
    this.take(look);
  }

  /**
   * @param {string} command
   * @param {number} [value]
   */
  async command(command, value) {
    const { server, onerror } = this.#options;
    const asked = { visitor, command, value, since: this.points.length };
    try {
      this.take(await call(server, "command_training", asked));
    } catch (error) {
      onerror(sentenceOf(error));
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
    this.#options.onlook(look);
    if (this.isOn) this.#follow();
    else this.#socket?.close(1000);
  }

  #follow() {
    if (this.#socket || this.#isPolling) return;
    const socket = new WebSocket(address());
    let wasOpen = false;
    const ask = () => {
      const asked = { visitor, since: this.points.length, stamp: this.#stamp };
      socket.send(JSON.stringify(asked));
    };
    socket.onopen = () => {
      wasOpen = true;
      ask();
    };
    socket.onmessage = async ({ data }) => {
      const { look, stamp } = JSON.parse(data);
      this.#stamp = stamp ?? null;
      if (look) this.take(look);
      else await wait(POLL_MS); // the server has too much to do
      if (socket.readyState === WebSocket.OPEN && this.isOn) ask();
    };
    socket.onclose = () => {
      this.#socket = null;
      if (this.isOn) this.#poll(wasOpen);
    };
    this.#socket = socket;
  }

  /**
   * The socket is away: ask by calls, and try it again where there was one.
   *
   * @param {boolean} wasOpen
   */
  async #poll(wasOpen) {
    this.#isPolling = true;
    while (this.isOn) {
      await wait(POLL_MS);
      try {
        const asked = { visitor, since: this.points.length };
        const look = await call(this.#options.server, "look_at_training", asked);
        this.#stamp = null;
        if (wasOpen) this.#isPolling = false;
        this.take(look);
        if (wasOpen) return;
      } catch (error) {
        this.#options.onerror(sentenceOf(error));
      }
    }
    this.#isPolling = false;
  }
}
