// Answers of many pictures travel as bytes; see vae_core/app/server/bulk.py.

/** @import { Server } from "./types.js" */

const PATH = "studio/bulk/";
const START = 4;

const reader = new TextDecoder();

/**
 * An answer: its codes as lists of numbers, all else that followed its head as bytes.
 *
 * @param {ArrayBuffer} message
 * @returns {Record<string, any>}
 */
export function readBulk(message) {
  let place = START + new DataView(message).getUint32(0, true);
  const head = reader.decode(new Uint8Array(message, START, place - START));
  const { arrays, ...answer } = JSON.parse(head);
  /** @type {[string, [string, ...number[]]][]} */
  const listed = Object.entries(arrays);
  for (const [name, [kind, ...shape]] of listed) {
    const count = shape.reduce((product, each) => product * each, 1);
    if (kind === "f4") {
      answer[name] = rows(new Float32Array(message, place, count), shape[1]);
      place += 4 * count;
    } else {
      answer[name] = new Uint8Array(message, place, count);
      place += count;
    }
  }
  return answer;
}

/**
 * @param {Float32Array} values
 * @param {number} length of a row
 */
const rows = (values, length) =>
  Array.from({ length: values.length / length }, (_, row) => [
    ...values.subarray(row * length, (row + 1) * length),
  ]);

/**
 * The answer, or null where there was none: the server is away, or a proxy spoke in its place.
 *
 * @param {string} name
 * @param {object} argument
 */
async function ask(name, argument) {
  try {
    const answer = await fetch(new URL(PATH + name, document.baseURI), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ data: argument }),
    });
    return answer.ok ? readBulk(await answer.arrayBuffer()) : await answer.json();
  } catch {
    return null;
  }
}

/**
 * A panel's server, of which these functions answer in bytes.
 *
 * @param {Server} server
 * @param {string[]} names
 * @returns {Server}
 */
export function inBulk(server, names) {
  const asked = names.map((name) => [
    name,
    (/** @type {object} */ argument) => ask(name, argument),
  ]);
  return { ...server, ...Object.fromEntries(asked) };
}
