// Calls of server functions: one argument, one answer, a sentence where there is none.

import { isOffline, isReachable, whenBack } from "./connection.js";
import { StudioError, StudioLost, StudioOffline, sentenceOf } from "./errors.js";
import { emit } from "./events.js";
import { noteGone, withFullNames } from "./own.js";

/** @import { Server } from "./types.js" */

const AWAY = "The server went away; reconnecting …";
const LATE = Symbol("late");
let open = 0;

/** How many calls are under way. */
export const callsUnderWay = () => open;

/**
 * @typedef {object} CallOptions
 * @property {boolean} [retry] wait for a server that went away and ask again; else a call throws
 *   StudioOffline and the page reconnects behind it
 * @property {number} [timeout] milliseconds
 */

/**
 * Call a server function with one argument.
 *
 * Throws a StudioError with a sentence.
 *
 * @param {Server} server
 * @param {string} name
 * @param {object} argument
 * @param {CallOptions} [options]
 * @returns {Promise<any>} the answer
 */
export async function call(server, name, argument, { retry = true, timeout = 60000 } = {}) {
  open++;
  try {
    const sent = withFullNames(argument);
    return await insist(() => server[name](sent), retry, timeout);
  } catch (error) {
    noteGone(Reflect.get(argument, "checkpoint"), sentenceOf(error));
    throw error;
  } finally {
    open--;
  }
}

/**
 * Ask until there is an answer.
 *
 * @param {() => Promise<any>} ask
 * @param {boolean} retry
 * @param {number} timeout
 */
async function insist(ask, retry, timeout) {
  for (;;) {
    if (isOffline()) {
      if (!retry) throw new StudioOffline(AWAY);
      await whenBack();
    }
    const answer = await inTime(ask(), timeout);
    if (answer === LATE) throw new StudioLost("That took too long; please try again.");
    if (answer !== undefined && answer !== null) return accepted(answer);
    // Gradio turns both a dead server and a crash into "no answer": a probe tells them apart.
    if (await isReachable()) {
      throw new StudioLost("The server could not do that; please try again.");
    }
    whenBack();
  }
}

/** @param {any} answer */
function accepted(answer) {
  if (answer.error) throw new StudioError(answer.error);
  if (typeof answer.milliseconds === "number") emit("speed", answer);
  return answer;
}

/**
 * @param {Promise<unknown>} promise
 * @param {number} ms
 */
function inTime(promise, ms) {
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  const late = new Promise((done) => {
    timer = setTimeout(() => done(LATE), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
