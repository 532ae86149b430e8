// The colours of the map as the theme has them, as whole pixels.

/**
 * @typedef {object} Palette
 * @property {string[]} classes as CSS has them
 * @property {Uint32Array} dots a pixel a class, the last for what is not chosen
 * @property {Uint32Array[]} inks from the paper to a class's colour, by ink level
 * @property {(name: string) => string} of a variable
 */

export const GREY = 10;

/**
 * @param {string} colour #rrggbb
 * @returns {[number, number, number]}
 */
const channels = (colour) => {
  const value = Number.parseInt(colour.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
};

/** @param {number[]} rgb */
const pixel = ([red, green, blue]) => ((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0;

/**
 * @param {HTMLElement} element
 * @returns {Palette}
 */
export function paletteOf(element) {
  const style = getComputedStyle(element);
  const of = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
  const classes = Array.from({ length: 10 }, (_, digit) => of(`--class-${digit}`));
  const paper = channels(of("--panel"));
  const grey = mixed(paper, channels(of("--line-strong")), 0.45);
  const all = [...classes.map(channels), grey];
  return {
    classes,
    dots: Uint32Array.from(all, pixel),
    inks: all.map((ink) =>
      Uint32Array.from({ length: 256 }, (_, level) => pixel(mixed(paper, ink, level / 255))),
    ),
    of,
  };
}

/**
 * @param {number[]} from
 * @param {number[]} to
 * @param {number} part
 */
const mixed = (from, to, part) => from.map((v, i) => Math.round(v + (to[i] - v) * part));
