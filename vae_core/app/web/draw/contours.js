// Lines of the same level on a grid, by marching squares.

/** @typedef {[number, number, number, number]} Segment x1, y1, x2, y2 in cells of the grid */

/**
 * Which two sides of a cell a line crosses, by which corners lie below the level (bits 1 to 8, from
 * the upper left clockwise). Sides 0 to 3: top, right, bottom, left. A saddle has two lines.
 *
 * @type {number[][]}
 */
const SIDES = [
  [],
  [3, 0],
  [0, 1],
  [3, 1],
  [1, 2],
  [3, 0, 1, 2],
  [0, 2],
  [3, 2],
  [2, 3],
  [2, 0],
  [0, 1, 2, 3],
  [2, 1],
  [1, 3],
  [1, 0],
  [0, 3],
  [],
];

/**
 * @param {ArrayLike<number>} grid values, row by row
 * @param {number} columns
 * @param {number} level
 * @returns {Segment[]}
 */
export function contour(grid, columns, level) {
  /** @type {Segment[]} */
  const found = [];
  const rows = grid.length / columns;
  for (let y = 0; y + 1 < rows; y++) {
    for (let x = 0; x + 1 < columns; x++) {
      const at = y * columns + x;
      const corners = [grid[at], grid[at + 1], grid[at + columns + 1], grid[at + columns]];
      const kind = corners.reduce((sum, v, i) => sum + (v < level ? 1 << i : 0), 0);
      const sides = SIDES[kind];
      for (let i = 0; i < sides.length; i += 2) {
        const [x1, y1] = crossing(sides[i], corners, level);
        const [x2, y2] = crossing(sides[i + 1], corners, level);
        found.push([x + x1, y + y1, x + x2, y + y2]);
      }
    }
  }
  return found;
}

/**
 * Where a side has the level.
 *
 * @param {number} side
 * @param {number[]} corners
 * @param {number} level
 * @returns {[number, number]} in the cell, 0 to 1
 */
function crossing(side, corners, level) {
  const [a, b] = [corners[side], corners[(side + 1) % 4]];
  const part = a === b ? 0.5 : (level - a) / (b - a);
  if (side === 0) return [part, 0];
  if (side === 1) return [1, part];
  if (side === 2) return [1 - part, 1];
  return [0, 1 - part];
}
