// Where the name of a point can stand without covering another name or point.

/** @typedef {{ left: number, right: number, top: number, bottom: number }} Box in pixels */
/** @typedef {{ x: number, y: number, anchor: "start" | "middle" | "end" }} Place of a text */

const LETTER = 0.54; // mean width of one, as a share of the size

/**
 * Places around a point, the best first.
 *
 * @param {number} x
 * @param {number} y
 * @returns {Place[]}
 */
const around = (x, y) => [
  { x: x + 10, y: y + 4, anchor: "start" },
  { x: x - 10, y: y + 4, anchor: "end" },
  { x, y: y - 11, anchor: "middle" },
  { x, y: y + 20, anchor: "middle" },
  { x: x + 8, y: y - 9, anchor: "start" },
  { x: x + 8, y: y + 18, anchor: "start" },
  { x: x - 8, y: y - 9, anchor: "end" },
  { x: x - 8, y: y + 18, anchor: "end" },
];

/**
 * @param {Place} place
 * @param {number} length of the text
 * @param {number} height
 * @returns {Box}
 */
function boxAt({ x, y, anchor }, length, height) {
  const left = { start: x, end: x - length, middle: x - length / 2 }[anchor];
  return { left, right: left + length, top: y - height + 3, bottom: y + 3 };
}

/**
 * @param {Box} one
 * @param {Box} other
 */
const overlap = (one, other) =>
  one.left < other.right &&
  one.right > other.left &&
  one.top < other.bottom &&
  one.bottom > other.top;

/**
 * The first free place around a point; it is taken then. Null where there is none.
 *
 * @param {string} name
 * @param {{ x: number, y: number, size: number }} point size: of the letters, in pixels
 * @param {Box} frame
 * @param {Box[]} taken
 * @returns {Place | null}
 */
export function placeForName(name, { x, y, size }, frame, taken) {
  const [length, height] = [name.length * size * LETTER + 4, size + 1];
  /** @param {Box} box */
  const isOwn = ({ left, right, top, bottom }) =>
    Math.abs((left + right) / 2 - x) < 0.5 && Math.abs((top + bottom) / 2 - y) < 0.5;
  for (const place of around(x, y)) {
    const box = boxAt(place, length, height);
    const fits =
      box.left >= frame.left &&
      box.right <= frame.right &&
      box.top >= frame.top &&
      box.bottom <= frame.bottom;
    if (!fits || taken.some((other) => !isOwn(other) && overlap(box, other))) continue;
    taken.push(box);
    return place;
  }
  return null;
}
