// The binary messages of the socket; see vae_core/app/server/line.py.
//
// Both ways a number, a place and the length of the head (uint32, uint16, uint16, little-endian),
// the head as JSON, and bytes: codes in single precision to the server, grey levels back.

const START = 8;
const CODES = new Set(["z", "a", "b"]); // arguments that are slider values

const writer = new TextEncoder();
const reader = new TextDecoder();

/**
 * A request; codes among the argument's values travel as numbers, the rest as JSON.
 *
 * @param {number} number that the answer will have too
 * @param {number} place of the page: a newer request there ends the older ones
 * @param {string} name of a live call
 * @param {Record<string, any>} argument
 * @returns {Uint8Array<ArrayBuffer>}
 */
export function writeRequest(number, place, name, argument) {
  const entries = Object.entries(argument);
  const codes = entries.filter(isCode);
  const rest = entries.filter((entry) => !isCode(entry));
  const numbers = Object.fromEntries(codes.map(([key, code]) => [key, code.length]));
  const asked = { name, argument: Object.fromEntries(rest), numbers };
  const head = writer.encode(JSON.stringify(asked));
  const values = Float32Array.from(codes.flatMap(([, code]) => code));
  const message = new Uint8Array(START + head.length + values.byteLength);
  const view = new DataView(message.buffer);
  view.setUint32(0, number, true);
  view.setUint16(4, place, true);
  view.setUint16(6, head.length, true);
  message.set(head, START);
  // Every machine that runs a browser is little-endian, as the message is.
  message.set(new Uint8Array(values.buffer), START + head.length);
  return message;
}

/** @param {[string, any]} entry */
const isCode = ([name, value]) => CODES.has(name) && Array.isArray(value);

/**
 * An answer, its pictures as bytes.
 *
 * @param {ArrayBuffer} message
 */
export function readAnswer(message) {
  const view = new DataView(message);
  const end = START + view.getUint16(6, true);
  const answer = JSON.parse(reader.decode(new Uint8Array(message, START, end - START)));
  if (end < message.byteLength) answer.pixels = new Uint8Array(message, end);
  return { number: view.getUint32(0, true), place: view.getUint16(4, true), answer };
}
