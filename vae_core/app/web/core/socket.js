// One socket for what must follow the hand: a fetch a frame costs more than the decode it asks for.
// Where none can be opened, or while it is away, the same functions are called through Gradio.

import { StudioError } from "./errors.js";
import { readAnswer, writeRequest } from "./frames.js";

/** @import { Server } from "./types.js" */

const PATH = "studio/socket";
const [FIRST_PAUSE, LONGEST_PAUSE] = [1000, 60000];
const PLACES = 16; // of a page, that the server knows
const OVERTAKEN = "A newer position was asked for.";

/**
 * @typedef {object} Asked a request without an answer
 * @property {number} place
 * @property {(answer: object | null) => void} resolve
 * @property {(error: StudioError) => void} reject
 */

/** @type {Map<number, Asked>} */
const waiting = new Map();
/** @type {WebSocket | null} */
let socket = null;
let asked = 0;
let places = 0;
let pause = FIRST_PAUSE;
let notBefore = 0;

const address = () => new URL(PATH, document.baseURI).toString().replace(/^http/, "ws");

/** Whether calls go over the socket now. */
export const isSocketOpen = () => socket !== null && socket.readyState === WebSocket.OPEN;

/** The socket that the page opened before its scripts came; see first_look.py. */
function early() {
  const given = /** @type {WebSocket | undefined} */ (Reflect.get(globalThis, "studioSocket"));
  Reflect.deleteProperty(globalThis, "studioSocket");
  return given && given.readyState <= WebSocket.OPEN ? given : null;
}

function open() {
  if (socket || performance.now() < notBefore) return;
  socket = early() ?? new WebSocket(address());
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    pause = FIRST_PAUSE;
  };
  socket.onmessage = ({ data }) => arrived(readAnswer(data));
  socket.onclose = () => {
    socket = null;
    notBefore = performance.now() + pause;
    pause = Math.min(2 * pause, LONGEST_PAUSE);
    for (const { resolve } of waiting.values()) resolve(null);
    waiting.clear();
  };
}

/**
 * An answer ends all older requests of its place: the server leaves them out.
 *
 * @param {{ number: number, place: number, answer: object }} message
 */
function arrived({ number, place, answer }) {
  for (const [each, { place: its, resolve, reject }] of waiting) {
    if (its !== place || each > number) continue;
    waiting.delete(each);
    if (each === number) resolve(answer);
    else reject(new StudioError(OVERTAKEN));
  }
}

/**
 * The answer over the socket, or null where there is none to be had.
 *
 * @param {string} name
 * @param {object} argument
 * @param {number} place
 * @returns {Promise<object | null>}
 */
async function ask(name, argument, place) {
  open();
  if (!socket || !isSocketOpen()) return null;
  const number = ++asked;
  const answer = new Promise((resolve, reject) => waiting.set(number, { place, resolve, reject }));
  socket.send(writeRequest(number, place, name, argument));
  return /** @type {Promise<object | null>} */ (answer);
}

/**
 * These functions of a panel's server, going over the socket while it is open.
 *
 * All of them share a place: where requests come faster than answers, the newest is answered, and
 * older ones throw.
 *
 * @param {Server} server
 * @param {...string} names
 * @returns {Server}
 */
export function overSocket(server, ...names) {
  open();
  const place = places++ % PLACES;
  /** @param {string} name */
  const swift = (name) => async (/** @type {any} */ argument) =>
    (await ask(name, argument, place)) ?? server[name](argument);
  return Object.fromEntries(names.map((name) => [name, swift(name)]));
}
