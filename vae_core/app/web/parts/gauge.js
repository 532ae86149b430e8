// How far a code lies from the mean: in words, as a length, and on a bar with the prior's shell.

import { fixed, percent } from "../core/numbers.js";
import { chiSquareBelow, shellOf } from "../core/prior.js";
import { find } from "./nodes.js";

/** @import { Model } from "../core/types.js" */

const OFF = 0.999; // beyond all but one in a thousand draws
const [NEAR, FAR] = [0.025, 0.975];
const BEYOND = 1.25; // the bar's length against the radius that OFF of the draws stay below
const PAUSE_MS = 100; // as fast as words can be read; spares a layout a frame

export class Gauge {
  #box;
  #shell = { low: 0, high: 0, edge: 1 };
  /** @type {Model | null} */
  #model = null;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** In a word: "typical", "off the map", ... */
  verdict = "";

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
  }

  /**
   * Another model, of another number of dimensions.
   *
   * @param {Model} model
   */
  adopt(model) {
    this.#model = model;
    this.#shell = shellOf(model.latent_dim);
    const { low, high } = this.#shell;
    const bar = find(this.#box, ".gauge-bar .shell");
    bar.style.left = this.#at(low);
    bar.style.width = this.#at(high - low);
  }

  /**
   * Show a code that moves, ten times a second.
   *
   * @param {() => [number[], number | null]} latest arguments of `show` when it is time
   */
  showSoon(latest) {
    this.#timer ??= setTimeout(() => this.show(...latest()), PAUSE_MS);
  }

  /**
   * @param {number[]} u
   * @param {number | null} rank share of the test digits' codes that lie nearer, where u is the code
   *   of a picture: the mean of its posterior lies nearer to 0 than draws do
   */
  show(u, rank) {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#model) return;
    const radius = Math.hypot(...u);
    const nearer = rank ?? chiSquareBelow(radius * radius, this.#model.latent_dim);
    const isOff = nearer > OFF;
    this.#box.classList.toggle("off", isOff);
    this.verdict = verdictOf(nearer);
    find(this.#box, ".verdict").textContent = this.verdict;
    find(this.#box, ".distance").textContent = `‖z‖ = ${fixed(radius, 2)}`;
    find(this.#box, ".needle").style.left = this.#at(radius);
    find(this.#box, ".gauge-note").textContent = this.#note(nearer, rank !== null);
  }

  /** @param {number} radius */
  #at(radius) {
    return `${Math.min(100, (100 * radius) / (BEYOND * this.#shell.edge))}%`;
  }

  /**
   * @param {number} nearer
   * @param {boolean} isCode of a picture
   */
  #note(nearer, isCode) {
    if (isCode) return `${inPercent(nearer)} % of the codes of test digits lie nearer to the mean.`;
    const prior = priorOf(this.#model);
    if (nearer > OFF) {
      const end = this.#model?.words ? "." : ": the decoder was never asked about this place.";
      return `Not one in a thousand draws from ${prior} lies this far from the mean${end}`;
    }
    const { low, high } = this.#shell;
    return (
      `${inPercent(nearer)} % of draws from ${prior} lie nearer to the mean; ` +
      `95 of 100 have ‖z‖ between ${fixed(low)} and ${fixed(high)}.`
    );
  }
}

/**
 * Whose draws a length is compared with.
 *
 * @param {Model | null} model
 */
function priorOf(model) {
  if (model?.words) return model.words.gaussian;
  return model?.variational ? "the prior" : "the Gaussian fitted to its codes";
}

/** @param {number} nearer */
function verdictOf(nearer) {
  if (nearer > OFF) return "off the map";
  if (nearer > FAR) return "far out";
  return nearer < NEAR ? "near the mean" : "typical";
}

/**
 * Finer near 0 and 100.
 *
 * @param {number} share
 */
const inPercent = (share) => percent(share, share < 0.1 || share > 0.9 ? 1 : 0);
