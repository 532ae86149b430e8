// The sliders, one a latent, in the order of how much each counts.

import { fixed, signed } from "../../core/numbers.js";
import { onArrowKey } from "../../parts/keys.js";
import { find, setText } from "../../parts/nodes.js";
import { RANGE } from "./code.js";
import { fullRow, lightRow } from "./row.js";
import { SCALES } from "./scale.js";

/** @import { FilmSheet } from "../../draw/films.js" */
/** @import { Model } from "../../core/types.js" */
/** @import { Scale } from "./scale.js" */
/** @import { Row } from "./row.js" */

// MNIST's digits fill a box of 20 x 20, so the strips leave out the empty columns beside it.
export const FILM = { steps: 7, span: 3, width: 20, skip: 4 };
// Of a code longer than LONG only the latents that move most have a whole row; see LONG_CODE and
// MAX_FILMS in vae_core.app.service.
export const LONG = 64;
export const SHOWN = 24;
const KEYS = { step: 0.1, largeStep: 0.5 };

/** @typedef {Record<number, { trait: string, r: number, kept?: number } | null>} Names */

/**
 * @typedef {object} RowsOptions
 * @property {(dim: number, value: number, event: Event) => void} onmove
 * @property {(dim: number) => void} onfreeze
 */

export class Rows {
  /** @type {Map<number, Row>} */
  #rows = new Map();
  #root;
  #options;
  /** @type {Map<number, Row>} */
  #moved = new Map(); // by hand, since the last display frame
  #scale = SCALES.sigma;
  /** @type {number[]} */
  #u = [];
  // Not content-visibility: auto, which on pointerdown hides a row for the moment of the click.
  #sight = new IntersectionObserver(
    (seen) => {
      for (const { target, isIntersecting } of seen) {
        target.classList.toggle("away", !isIntersecting);
      }
    },
    { rootMargin: "100px" },
  );

  /**
   * @param {HTMLElement} root of the panel
   * @param {RowsOptions} options
   */
  constructor(root, options) {
    this.#root = root;
    this.#options = options;
  }

  /**
   * Rows for another model; unused ones are folded away.
   *
   * @param {Model} model
   * @param {Set<number>} frozen
   */
  build(model, frozen) {
    this.#rows.clear();
    this.#sight.disconnect();
    const isLong = model.latent_dim > LONG;
    const unused = new Set(isLong ? model.order.slice(SHOWN) : model.unused);
    const used = model.order.filter((dim) => !unused.has(dim));
    const others = model.order.filter((dim) => unused.has(dim));
    const full = (/** @type {number} */ dim) => this.#add(dim, fullRow(model, dim));
    const light = (/** @type {number} */ dim) => this.#add(dim, lightRow(dim));
    find(this.#root, ".latents:not(.unused)").replaceChildren(...used.map(full));
    find(this.#root, ".latents.unused").replaceChildren(...others.map(isLong ? light : full));
    for (const { element, film } of this.#rows.values()) if (film) this.#sight.observe(element);
    this.#fold(model, others.length);
    this.showFrozen(frozen);
  }

  /**
   * @param {Scale} scale
   * @param {number[]} u
   */
  rescale(scale, u) {
    this.#scale = scale;
    const [min, max, step] = scale.range.map(String);
    for (const { range } of this.#rows.values()) Object.assign(range, { min, max, step });
    this.show(u);
  }

  /**
   * Bring all rows in line with a code.
   *
   * @param {number[]} u
   */
  show(u) {
    this.#u = [...u];
    for (const [dim, row] of this.#rows) {
      row.range.value = String(this.#scale.toInput(u[dim]));
      this.#showValue(dim, row);
    }
  }

  /** @param {Set<number>} frozen */
  showFrozen(frozen) {
    for (const [dim, { freeze, element }] of this.#rows) {
      freeze?.setAttribute("aria-pressed", String(frozen.has(dim)));
      element.classList.toggle("frozen", frozen.has(dim));
    }
  }

  /**
   * Names that were measured: correlations with traits of example digits.
   *
   * @param {Names} names
   * @param {number} digits over how many
   */
  showNames(names, digits) {
    for (const [dim, { trait, range }] of this.#rows) {
      const found = names[dim];
      trait.textContent = found ? found.trait : "";
      if (!found) continue;
      const way = found.r > 0 ? "grows with" : "falls with";
      const measured = `correlation ${signed(found.r)} within the classes, over ${digits} digits`;
      const kept = found.kept
        ? `. From −1.5 to +1.5 ${fixed(100 * found.kept, 0)} % of digits stay the digit they are`
        : "";
      trait.title = `z${dim} ${way} the ${found.trait}: ${measured}${kept}`;
      range.setAttribute("aria-label", `latent z${dim}, ${found.trait}`);
    }
  }

  /**
   * Each row looks at its strip through a window of its own.
   *
   * @param {FilmSheet} sheet
   * @param {number[]} dims in the order of the strips
   */
  showFilms(sheet, dims) {
    for (const [place, dim] of dims.entries()) {
      const film = this.#rows.get(dim)?.film;
      if (film) Object.assign(film.style, sheet.window(place));
    }
  }

  /**
   * @param {number} dim
   * @param {Row} row
   */
  #add(dim, row) {
    this.#rows.set(dim, row);
    const { range, value, film, freeze } = row;
    range.addEventListener("input", (event) => {
      this.#u[dim] = this.#scale.fromInput(Number(range.value));
      this.#showSoon(dim, row);
      this.#options.onmove(dim, this.#u[dim], event);
    });
    onArrowKey(range, KEYS, (step, event) => this.#place(dim, this.#u[dim] + step, event));
    value.addEventListener("click", (event) => this.#place(dim, 0, event));
    film?.parentElement?.addEventListener("click", (event) => {
      const { left, width } = film.getBoundingClientRect();
      const frame = Math.floor((FILM.steps * (event.clientX - left)) / width);
      const share = Math.min(frame, FILM.steps - 1) / (FILM.steps - 1);
      this.#place(dim, FILM.span * (2 * share - 1), event);
    });
    freeze?.addEventListener("click", () => this.#options.onfreeze(dim));
    return row.element;
  }

  /**
   * @param {number} dim
   * @param {number} value
   * @param {Event} event
   */
  #place(dim, value, event) {
    const row = this.#rows.get(dim);
    if (!row) return;
    this.#u[dim] = Math.max(-RANGE, Math.min(RANGE, value));
    row.range.value = String(this.#scale.toInput(this.#u[dim]));
    this.#showValue(dim, row);
    this.#options.onmove(dim, this.#u[dim], event);
  }

  /**
   * Once a display frame, for a hand may move more often than that.
   *
   * @param {number} dim
   * @param {Row} row
   */
  #showSoon(dim, row) {
    if (!this.#moved.size) requestAnimationFrame(() => this.#showMoved());
    this.#moved.set(dim, row);
  }

  #showMoved() {
    for (const [dim, row] of this.#moved) this.#showValue(dim, row);
    this.#moved.clear();
  }

  /**
   * All of a row but the slider itself, which a hand may hold.
   *
   * @param {number} dim
   * @param {Row} row
   */
  #showValue(dim, { range, value, mark }) {
    const { toInput, readout, range: limits } = this.#scale;
    const [low, high] = limits;
    const at = (/** @type {number} */ v) =>
      `${Math.max(0, Math.min(100, (100 * (v - low)) / (high - low)))}%`;
    const [here, rest] = [toInput(this.#u[dim]), toInput(0)];
    range.style.setProperty("--from", at(Math.min(here, rest)));
    range.style.setProperty("--to", at(Math.max(here, rest)));
    const text = readout(this.#u[dim]);
    setText(value, text);
    value.setAttribute("aria-label", `z${dim} is ${text}; set it to 0`);
    range.setAttribute("aria-valuetext", text);
    if (!mark) return;
    // The film's first and last frames are centred half a frame inside its edges.
    const inset = 50 / FILM.steps;
    const share = Math.max(0, Math.min(1, (this.#u[dim] + FILM.span) / (2 * FILM.span)));
    // A transform moves it without a layout.
    mark.style.transform = `translateX(${inset + share * (100 - 2 * inset)}%)`;
  }

  /**
   * @param {Model} model
   * @param {number} count of the rows that are folded away
   */
  #fold({ latent_dim: d }, count) {
    const fold = find(this.#root, ".unused-fold", HTMLDetailsElement);
    fold.hidden = count === 0;
    fold.open = false;
    const [each, them] = count === 1 ? ["it", "it"] : ["each", "them"];
    find(fold, "summary").textContent =
      d > LONG
        ? `${count} more of the ${d} latents, which move the picture less`
        : `${count} unused: the encoder puts less than 0.01 nats into ${each}, ` +
          `and moving ${them} changes almost nothing`;
  }
}
