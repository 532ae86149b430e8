// How a number is written, everywhere on the page: a true minus sign, thousands apart, no minus
// before a zero. Code and files that are handed out write numbers as their language wants them.
(() => {
  "use strict";
  const MINUS = "−";

  /** `places` decimals: −559.0, 12,345.68. */
  function fixed(value, places = 1) {
    if (!Number.isFinite(value)) return "–";
    const size = Math.abs(value).toFixed(places);
    const [whole, rest] = size.split(".");
    const apart = whole.length > 3 ? whole.replace(/\B(?=(\d{3})+$)/g, ",") : whole;
    return (value < 0 && Number(size) !== 0 ? MINUS : "") + (rest ? `${apart}.${rest}` : apart);
  }

  /** A count: 2, 1,000. */
  const whole = (value) => fixed(value, 0);

  /** So many significant digits, at most four decimals: what is smaller is no 0.0000. */
  function number(value, digits = 3) {
    if (!Number.isFinite(value)) return "–";
    const size = Math.abs(value);
    if (value > 0 && value < 0.00005) return "<0.0001";
    const places = size === 0 ? 1 : Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
    return fixed(value, Math.min(places, 4));
  }

  /** Fixed decimals with a sign, so that readouts keep their width. */
  function signed(value, places = 2) {
    const text = fixed(value, places);
    return text.startsWith(MINUS) ? text : `+${text}`;
  }

  /** A share of 1 as a percentage that never claims 0 or 100 of what is neither: "over 99.9". */
  function percent(share, places = 0) {
    const least = 10 ** -places;
    const value = 100 * share;
    if (share > 0 && value < least / 2) return `under ${fixed(least, places)}`;
    if (share < 1 && value > 100 - least / 2) return `over ${fixed(100 - least, places)}`;
    return fixed(value, places);
  }

  Object.assign(window.studio, { fixed, whole, number, signed, percent });
})();
