// A digit as bytes: 28 x 28 grey levels, row after row; base64 while it travels.

/** Pixels along a side, and of a whole digit. */
export const SIDE = 28;
export const AREA = SIDE * SIDE;

/** @typedef {Uint8Array | Uint8ClampedArray} Bytes */

/**
 * @param {string | Bytes} data base64, or bytes already
 * @returns {Bytes}
 */
export function unpack(data) {
  if (typeof data !== "string") return data;
  const text = atob(data);
  return Uint8Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
}

/**
 * A digit as text, for a server function or an address.
 *
 * @param {string | Bytes} data base64 already, or bytes
 */
export const packed = (data) => (typeof data === "string" ? data : pack(data));

/** @param {ArrayLike<number>} bytes */
export const pack = (bytes) =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/**
 * The nth of many digits, one after the other.
 *
 * @param {Bytes} bytes
 * @param {number} place
 */
export const digitAt = (bytes, place) => bytes.subarray(AREA * place, AREA * (place + 1));

/** @param {Bytes} bytes */
export const countOf = (bytes) => bytes.length / AREA;

/**
 * Mean squared error between two digits, of grey levels from 0 to 1.
 *
 * @param {string | Bytes} one
 * @param {string | Bytes} other
 */
export function squaredError(one, other) {
  const [a, b] = [unpack(one), unpack(other)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] - b[i]) / 255) ** 2;
  return sum / a.length;
}

/**
 * (1 - t) a + t b.
 *
 * @param {Bytes} a
 * @param {Bytes} b
 * @param {number} t
 */
export const crossFade = (a, b, t) =>
  Uint8Array.from(a, (value, i) => Math.round((1 - t) * value + t * b[i]));

/**
 * Eight marks a byte, the first the highest bit; base64.
 *
 * @param {Uint8Array} marks 1 where marked
 */
export function packBits(marks) {
  const bytes = new Uint8Array(Math.ceil(marks.length / 8));
  for (let i = 0; i < marks.length; i++) if (marks[i]) bytes[i >> 3] |= 128 >> (i & 7);
  return pack(bytes);
}

/**
 * The inverse of `packBits`; null for a text that holds another number of marks.
 *
 * @param {string | null} text
 * @param {number} count of marks
 */
export function unpackBits(text, count) {
  const size = Math.ceil(count / 8);
  if (!text || !/^[\w+/]+=*$/.test(text) || text.length !== 4 * Math.ceil(size / 3)) return null;
  const bytes = unpack(text);
  return Uint8Array.from({ length: count }, (_, i) => (bytes[i >> 3] >> (7 - (i & 7))) & 1);
}
