// How a number is written, everywhere on the page: a true minus sign, thousands apart, no minus
// before a zero. Code and files that are handed out write numbers as their language wants them.

const MINUS = "−";
const NONE = "–";

/** @typedef {number | null | undefined} Value what is no number is written as a dash */

/**
 * Whether a figure is there.
 *
 * @param {Value} value
 * @returns {value is number}
 */
export const isNumber = (value) => Number.isFinite(value);

/**
 * `places` decimals: −559.0, 12,345.68.
 *
 * @param {Value} value
 */
export function fixed(value, places = 1) {
  if (!isNumber(value)) return NONE;
  const size = Math.abs(value).toFixed(places);
  const [digits, rest] = size.split(".");
  const apart = digits.length > 3 ? digits.replace(/\B(?=(\d{3})+$)/g, ",") : digits;
  return (value < 0 && Number(size) !== 0 ? MINUS : "") + (rest ? `${apart}.${rest}` : apart);
}

/**
 * A count: 2, 1,000.
 *
 * @param {Value} value
 */
export const whole = (value) => fixed(value, 0);

/**
 * So many significant digits, at most four decimals: what is smaller is no 0.0000.
 *
 * @param {Value} value
 */
export function number(value, digits = 3) {
  if (!isNumber(value)) return NONE;
  const size = Math.abs(value);
  if (value > 0 && value < 0.00005) return "<0.0001";
  const places = size === 0 ? 1 : Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return fixed(value, Math.min(places, 4));
}

/**
 * Fixed decimals with a sign, so that readouts keep their width.
 *
 * @param {Value} value
 */
export function signed(value, places = 2) {
  const text = fixed(value, places);
  return text.startsWith(MINUS) ? text : `+${text}`;
}

/**
 * A share of 1 as a percentage that never claims 0 or 100 of what is neither: "over 99.9".
 *
 * @param {number} share
 */
export function percent(share, places = 0) {
  const least = 10 ** -places;
  const value = 100 * share;
  if (share > 0 && value < least / 2) return `under ${fixed(least, places)}`;
  if (share < 1 && value > 100 - least / 2) return `over ${fixed(100 - least, places)}`;
  return fixed(value, places);
}

/**
 * A share of the test digits as a rank, never rounded up to all of them: "more than 99.9 %".
 *
 * @param {number} share
 */
export function rank(share) {
  if (share >= 1) return "more than all";
  if (share <= 0) return "less than all";
  /** @param {number} part */
  const cut = (part) => (part > 0.99 ? fixed(Math.floor(1000 * part) / 10) : whole(100 * part));
  return share >= 0.5 ? `more than ${cut(share)} %` : `less than ${cut(1 - share)} %`;
}
