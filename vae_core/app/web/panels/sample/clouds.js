// Two clouds on one plane: codes of test digits, and what the chosen sampler draws. Computed when the
// fold is opened, painted again when the theme or the room changes.

import { digitAt, unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { fixed, whole } from "../../core/numbers.js";
import { requests } from "../../core/requests.js";
import { state } from "../../core/state.js";
import { contextOf, paint } from "../../draw/digit.js";
import { find, findAll, num, text } from "../../parts/nodes.js";
import { onResize } from "../../parts/resized.js";

/** @import { Server } from "../../core/types.js" */

const DOT = 1.8; // pixels
const OUTLIERS = 0.004; // of the places, at either end, that may lie beyond the frame
const NEAR = 1.5; // times what chance does: no more than that counts as the same
const MARGIN = 0.06; // of the frame

/** @typedef {[number, number]} Place across and up, in spreads of the codes */

/**
 * @typedef {object} CloudsFound
 * @property {Place[]} codes
 * @property {number[]} labels of the digits
 * @property {Place[]} draws
 * @property {Place} apart
 * @property {Place} by_chance
 * @property {number} reach
 * @property {string | null} ends base64 of four digits: left, right, below, above
 */

/**
 * The square that holds all but the farthest places.
 *
 * @param {Place[]} places
 * @returns {{ left: number, low: number, side: number }}
 */
export function frameOf(places) {
  const [x, y] = [0, 1].map((axis) => {
    const sorted = places.map((place) => place[axis]).sort((one, other) => one - other);
    const cut = Math.floor(sorted.length * OUTLIERS);
    return { low: sorted[cut], high: sorted[sorted.length - 1 - cut] };
  });
  const side = Math.max(x.high - x.low, y.high - y.low, 1e-6) * (1 + 2 * MARGIN);
  const centre = [(x.low + x.high) / 2, (y.low + y.high) / 2];
  return { left: centre[0] - side / 2, low: centre[1] - side / 2, side };
}

export class CloudsView {
  #fold;
  #server;
  #sampler;
  #requests;
  /** @type {CloudsFound | null} */
  #found = null;
  #answered = "";

  /**
   * @param {HTMLElement} root of the panel
   * @param {Server} server
   * @param {() => string} sampler what draws
   */
  constructor(root, server, sampler) {
    this.#fold = find(root, ".clouds", HTMLDetailsElement);
    this.#server = server;
    this.#sampler = sampler;
    this.#requests = requests({
      about: () => this.#key,
      onerror: (sentence) => this.#say(sentence),
      onbusy: (busy) => this.#fold.setAttribute("aria-busy", String(busy)),
    });
    this.#fold.addEventListener("toggle", () => this.refresh());
    onResize(find(this.#fold, ".clouds-pair"), () => this.#paint());
    const theme = new MutationObserver(() => this.#paint());
    theme.observe(document.body, { attributeFilter: ["class"] });
  }

  get #subject() {
    return { checkpoint: state.model, sampler: this.#sampler() };
  }

  get #key() {
    return JSON.stringify(this.#subject);
  }

  /** Another model or sampler, or the fold was opened. */
  refresh() {
    if (!this.#fold.open || this.#answered === this.#key) return;
    const key = this.#key;
    this.#say("Reading 2,000 test digits and drawing codes beside them …");
    this.#requests.ask(async (still) => {
      /** @type {CloudsFound} */
      const found = await still(call(this.#server, "clouds", this.#subject));
      this.#found = found;
      this.#answered = key;
      this.#paint();
      this.#paintEnds(found);
      this.#explain(found);
      this.#fold.dataset.points = String(found.codes.length + found.draws.length);
    });
  }

  /** @param {Node | string} words */
  #say(words) {
    find(this.#fold, ".clouds-words").replaceChildren(words);
  }

  #paint() {
    const found = this.#found;
    if (!found || !this.#fold.open) return;
    const frame = frameOf([...found.codes, ...found.draws]);
    const style = getComputedStyle(this.#fold);
    const hue = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const classes = Array.from({ length: 10 }, (_, digit) => hue(`--class-${digit}`));
    const [codes, draws] = findAll(this.#fold, ".cloud canvas.plane", HTMLCanvasElement);
    dots(codes, found.codes, frame, (i) => classes[found.labels[i]]);
    dots(draws, found.draws, frame, () => hue("--c-eps"));
  }

  /** @param {CloudsFound} found */
  #paintEnds({ ends }) {
    for (const figure of findAll(this.#fold, ".cloud")) {
      const small = findAll(figure, "canvas.end", HTMLCanvasElement);
      for (const [i, canvas] of small.entries()) {
        canvas.hidden = !ends;
        if (ends) paint(canvas, digitAt(unpack(ends), i));
      }
    }
  }

  /** @param {CloudsFound} found */
  #explain({ codes, draws, apart, by_chance: chance, reach, ends }) {
    const far = apart.map((way, axis) => way > NEAR * chance[axis]);
    const verdict = far.some(Boolean)
      ? "draws fall where no digit has a code, or leave out where some have theirs."
      : "on no plane like this one do they differ: where draws still miss, it is in how many numbers go together.";
    const axes = ends
      ? text` The digits at its edges are decoded ${num(whole(reach))} spreads out on either axis.`
      : "";
    this.#say(
      text`Each dot is a code: at the left those of ${num(whole(codes.length))} test digits in the colours of their classes, at the right ${num(whole(draws.length))} draws. Across and up stand the two directions of z in which codes and draws differ most, in spreads of the codes; other digits and draws than these chose them.${axes} Along them the clouds lie ${num(fixed(apart[0], 2))} and ${num(fixed(apart[1], 2))} spreads apart, two halves of the codes ${num(fixed(chance[0], 2))} and ${num(fixed(chance[1], 2))}: ${verdict}`,
    );
  }
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Place[]} places
 * @param {{ left: number, low: number, side: number }} frame
 * @param {(i: number) => string} hue
 */
function dots(canvas, places, { left, low, side }, hue) {
  const size = canvas.clientWidth;
  const scale = window.devicePixelRatio || 1;
  if (!size) return;
  canvas.width = canvas.height = Math.round(size * scale);
  const context = contextOf(canvas);
  context.scale(scale, scale);
  context.globalAlpha = 0.75;
  for (const [i, [across, up]] of places.entries()) {
    context.fillStyle = hue(i);
    context.beginPath();
    const [x, y] = [((across - left) / side) * size, size - ((up - low) / side) * size];
    context.arc(x, y, DOT, 0, 2 * Math.PI);
    context.fill();
  }
}
