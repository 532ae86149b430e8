// Steering: sliders that move the whole code along directions with a name.
//
// Where a steer stands is read off the code, so that it holds no state of its own: whatever moves
// the code moves the steers, and a step of one leaves the others where they are.

import { fixed, signed } from "../../core/numbers.js";
import { onArrowKey } from "../../parts/keys.js";
import { button, find, make, setText } from "../../parts/nodes.js";

const REACH = 4; // standard deviations of a trait, to both sides
const PAUSE_MS = 100; // between two readings of a steer: as fast as numbers can be read
const KEYS = { step: 0.1, largeStep: 0.5 };

/**
 * A direction: what the code moves by while the trait grows by a standard deviation, and the
 * coefficients that read the trait's place off a code.
 *
 * @typedef {{ trait: string, direction: number[], reads: number[], kept: number, moved: number }} Way
 */
/** @typedef {{ way: Way, range: HTMLInputElement, value: HTMLElement }} Steer */
/** @typedef {{ place: () => number[], onmove: (u: number[], event: Event) => void }} SteersOptions */

/**
 * @param {number[]} u
 * @param {Way} way
 */
export const placeAlong = (u, { reads }) => reads.reduce((sum, share, i) => sum + share * u[i], 0);

/**
 * The code after so many steps along a direction.
 *
 * @param {number[]} u
 * @param {Way} way
 * @param {number} steps
 */
export const movedAlong = (u, { direction }, steps) => u.map((v, i) => v + steps * direction[i]);

export class Steers {
  /** @type {Steer[]} */
  #steers = [];
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #root;
  #options;

  /**
   * @param {HTMLElement} root of the panel
   * @param {SteersOptions} options
   */
  constructor(root, options) {
    this.#root = find(root, ".steers");
    this.#options = options;
  }

  /**
   * Room for as many as a model has, so that nothing below moves when they come.
   *
   * @param {number} count
   */
  reserve(count) {
    this.#root.hidden = !count;
    this.#steers = [];
    const rooms = Array.from({ length: count }, () => make("div", { className: "steer" }));
    find(this.#root, ".steer-rows").replaceChildren(...rooms);
  }

  /** @param {Way[]} ways of a model; nothing is shown where there are none */
  adopt(ways) {
    this.#root.hidden = !ways.length;
    this.#steers = ways.map((way) => this.#build(way));
    const rows = this.#steers.map(({ way, range, value }) => {
      const label = make("label", { htmlFor: range.id, textContent: way.trait });
      return make("div", { className: "steer" }, label, range, value);
    });
    find(this.#root, ".steer-rows").replaceChildren(...rows);
    this.show(this.#options.place());
  }

  /**
   * Show where a code stands, in numbers at once.
   *
   * @param {number[]} u
   */
  show(u) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#move(u);
    for (const { way, range, value } of this.#steers) {
      const text = signed(placeAlong(u, way));
      range.setAttribute("aria-valuetext", `${text} standard deviations`);
      setText(value, text);
    }
  }

  /**
   * Show a code that moves: the sliders follow it, their numbers ten times a second.
   *
   * @param {number[]} u
   */
  showSoon(u) {
    this.#move(u);
    this.#timer ??= setTimeout(() => this.show(this.#options.place()), PAUSE_MS);
  }

  /** @param {number[]} u */
  #move(u) {
    for (const { way, range } of this.#steers) range.value = String(placeAlong(u, way));
  }

  /** @param {Way} way */
  #build(way) {
    const [min, max, step] = [-REACH, REACH, 0.01].map(String);
    const id = `steer-${way.trait.replaceAll(" ", "-")}`;
    const range = make("input", { type: "range", id, min, max, step });
    range.setAttribute("aria-label", `steer the ${way.trait}`);
    range.title =
      `Moves the whole code as real codes move while the ${way.trait} grows. From −1.5 to +1.5 ` +
      `${fixed(100 * way.kept, 0)} % of training digits stay the digit they are`;
    const value = button([], { className: "steer-value", title: `Set the ${way.trait} to 0` });
    const go = (/** @type {number} */ place, /** @type {Event} */ event) => {
      const here = this.#options.place();
      const steps = Math.max(-REACH, Math.min(REACH, place)) - placeAlong(here, way);
      this.#options.onmove(movedAlong(here, way, steps), event);
    };
    range.addEventListener("input", (event) => go(Number(range.value), event));
    onArrowKey(range, KEYS, (by, event) => go(placeAlong(this.#options.place(), way) + by, event));
    value.addEventListener("click", (event) => go(0, event));
    return { way, range, value };
  }
}
