// What an independent classifier reads in the draws, counted: asked for when the hand rests.

import { className, pageSet } from "../../core/boot.js";
import { requests } from "../../core/requests.js";
import { find, make } from "../../parts/nodes.js";

/** @import { Reading } from "../../core/types.js" */
/** @import { Still } from "../../core/requests.js" */

const REST_MS = 350;
const SURE = 0.9;
const NO_DIGIT = Math.max(10, pageSet?.classes.length ?? 10); // its place after the classes

/**
 * How many draws read as each digit, and last those that read as none.
 *
 * @param {Reading[]} readings
 */
export function count(readings) {
  const counts = Array(NO_DIGIT + 1).fill(0);
  for (const { digit } of readings) counts[digit ?? NO_DIGIT]++;
  const sure = readings.filter(({ digit, sure: share }) => digit !== null && share >= SURE).length;
  return { counts, sure };
}

export class Census {
  #box;
  #describe;
  #ask;
  #requests;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} root of the panel
   * @param {(place: number, words: string) => void} describe a draw
   * @param {(still: Still) => Promise<{ readings: Reading[] | null }>} ask
   */
  constructor(root, describe, ask) {
    this.#box = find(root, ".census");
    this.#describe = describe;
    this.#ask = ask;
    this.#requests = requests({
      onerror: () => this.#show(null), // the grid itself already says what is wrong
    });
  }

  askSoon() {
    this.#requests.drop();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#requests.ask(async (still) => this.#show((await this.#ask(still)).readings));
    }, REST_MS);
  }

  /** @param {Reading[] | null} readings */
  #show(readings) {
    this.#box.hidden = !readings;
    if (!readings) return;
    const { counts, sure } = count(readings);
    const parts = counts.flatMap((many, digit) => (many ? [part(many, digit)] : []));
    find(this.#box, ".census-bar").replaceChildren(...parts);
    const none = counts[NO_DIGIT] ? `, and sees no digit in ${counts[NO_DIGIT]}` : "";
    find(this.#box, ".census-words").textContent =
      `An independent classifier is 90 % sure of its digit in ${sure} of ${readings.length}${none}.`;
    for (const [place, { digit }] of readings.entries()) {
      this.#describe(place, digit === null ? "no digit" : `reads as ${className(digit)}`);
    }
  }
}

/**
 * @param {number} many
 * @param {number} digit
 */
function part(many, digit) {
  const isNone = digit === NO_DIGIT;
  const made = make("i", { textContent: isNone ? "–" : className(digit) });
  made.style.setProperty("--count", String(many));
  made.style.setProperty("--hue", isNone ? "var(--line-strong)" : `var(--class-${digit % 10})`);
  return made;
}
