// One socket for what must follow the hand: a fetch a frame costs more than the decode it asks for.
// Where none can be opened, or while it is away, the same functions are called through Gradio.

/** @import { Server } from "./types.js" */

const PATH = "studio/socket";
const [FIRST_PAUSE, LONGEST_PAUSE] = [1000, 60000];

/** @type {Map<number, (answer: object | null) => void>} */
const waiting = new Map();
/** @type {WebSocket | null} */
let socket = null;
let asked = 0;
let pause = FIRST_PAUSE;
let notBefore = 0;

const address = () => new URL(PATH, document.baseURI).toString().replace(/^http/, "ws");

/** Whether calls go over the socket now. */
export const isSocketOpen = () => socket !== null && socket.readyState === WebSocket.OPEN;

function open() {
  if (socket || performance.now() < notBefore) return;
  socket = new WebSocket(address());
  socket.onopen = () => {
    pause = FIRST_PAUSE;
  };
  socket.onmessage = ({ data }) => {
    const { id, ...answer } = JSON.parse(data);
    waiting.get(id)?.(answer);
    waiting.delete(id);
  };
  socket.onclose = () => {
    socket = null;
    notBefore = performance.now() + pause;
    pause = Math.min(2 * pause, LONGEST_PAUSE);
    for (const done of waiting.values()) done(null);
    waiting.clear();
  };
}

/**
 * The answer over the socket, or null where there is none to be had.
 *
 * @param {string} name
 * @param {object} argument
 * @returns {Promise<object | null>}
 */
async function ask(name, argument) {
  open();
  if (!socket || !isSocketOpen()) return null;
  const id = ++asked;
  const answer = new Promise((done) => waiting.set(id, done));
  socket.send(JSON.stringify({ id, name, argument }));
  return /** @type {Promise<object | null>} */ (answer);
}

/**
 * These functions of a panel's server, going over the socket while it is open.
 *
 * @param {Server} server
 * @param {...string} names
 * @returns {Server}
 */
export function overSocket(server, ...names) {
  open();
  /** @param {string} name */
  const swift = (name) => async (/** @type {any} */ argument) =>
    (await ask(name, argument)) ?? server[name](argument);
  return Object.fromEntries(names.map((name) => [name, swift(name)]));
}
