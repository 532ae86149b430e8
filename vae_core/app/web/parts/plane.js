// The measured models as points and as a table, one quantity at a time.

import { models } from "../core/boot.js";
import { on } from "../core/events.js";
import { fixed, isNumber, number, whole } from "../core/numbers.js";
import { labelNote, QUANTITIES } from "../core/quantities.js";
import { model as chosenModel, set, state } from "../core/state.js";
import { drawPlane } from "../draw/plane.js";
import { attributes, button, make, press } from "./nodes.js";
import { onResize } from "./resized.js";

/** @import { Measured } from "../draw/plane.js" */
/** @import { Quantity } from "../core/quantities.js" */

const HINT = "Point at a model to read its figures; press it to choose it.";
const OTHERS = "Figures of another kind are another quantity and stand in another plot.";
const USUAL_SIZE = 13; // pixels of a letter

/**
 * Models with both figures, of one quantity.
 *
 * @param {string} quantity
 * @returns {Measured[]}
 */
function pointsOf(quantity) {
  return models.flatMap((model) => {
    const { rate, distortion } = model.metrics ?? {};
    if (model.quantity !== quantity || !isNumber(rate) || !isNumber(distortion)) return [];
    return [{ model, rate, distortion }];
  });
}

/** @param {Measured} point */
function wordsOf({ model, rate, distortion }) {
  const { nll, importance_samples: draws, prior_gap: gap } = model.metrics ?? {};
  const cost = `−ELBO ${fixed(rate + distortion)} nats`;
  const tail = isNumber(nll) ? `, NLL ${fixed(nll)} (${whole(draws)} samples)` : "";
  const idle = isNumber(gap) ? ` (no digit needs ${number(Math.max(0, gap), 2)} or more)` : "";
  const figures = `rate ${fixed(rate)}${idle}, distortion ${fixed(distortion)}, ${cost}${tail}`;
  return `${model.name}: ${figures}${labelNote(model)}`;
}

/** @param {Measured} point */
const choose = ({ model }) => set({ model: model.name });

class RatePlane {
  #onquantity;
  #quantity;
  #known = Object.keys(QUANTITIES).filter((key) => pointsOf(key).length);
  #width = 0;
  #about = make("p", { className: "small muted about" });
  #readout = attributes(make("p", { className: "readout num" }), { "aria-live": "polite" });
  #plot = make("div", { className: "plot" });
  #table = make("div", { className: "table" });
  #buttons;

  /**
   * @param {HTMLElement} box
   * @param {(points: Measured[], quantity: Quantity) => void} onquantity what is on show
   */
  constructor(box, onquantity) {
    this.#onquantity = onquantity;
    this.#quantity = this.#ownQuantity() ?? this.#known[0];
    this.#buttons = this.#known.map((key) => {
      const words = `${QUANTITIES[key].label} (${pointsOf(key).length})`;
      const made = button(words, {}, () => this.#choose(key));
      made.dataset.quantity = key;
      return made;
    });
    const kinds = make("div", { className: "row kinds" }, ...this.#buttons);
    attributes(kinds, { role: "group", "aria-label": "What the distortion counts" });
    box.replaceChildren(kinds, this.#about, this.#readout, this.#plot, this.#table);
    onResize(this.#plot, () => this.#resize());
    window.addEventListener("resize", () => this.#show()); // Present changes the size of its words
    on("model", () => {
      this.#quantity = this.#ownQuantity() ?? this.#quantity;
      if (box.isConnected) this.#show();
    });
  }

  #ownQuantity() {
    return this.#known.find((key) => key === chosenModel()?.quantity);
  }

  #resize() {
    const width = Math.floor(this.#plot.clientWidth);
    if (!width || width === this.#width) return;
    this.#width = width;
    this.#show();
  }

  /** @param {string} quantity */
  #choose(quantity) {
    this.#quantity = quantity;
    this.#show();
  }

  #show() {
    if (!this.#width) return;
    const quantity = QUANTITIES[this.#quantity];
    const points = pointsOf(this.#quantity);
    press(this.#buttons, ({ dataset }) => dataset.quantity === this.#quantity);
    this.#about.textContent = `${quantity.words} ${OTHERS}`;
    this.#draw(points);
    this.#table.replaceChildren(tableOf(points));
    this.#point(points.find(({ model }) => model.name === state.model));
    this.#onquantity(points, quantity);
  }

  /** @param {Measured} [point] */
  #point(point) {
    this.#readout.textContent = point ? wordsOf(point) : HINT;
  }

  /** @param {Measured[]} points */
  #draw(points) {
    const size = Number.parseFloat(getComputedStyle(this.#plot).getPropertyValue("--t-small"));
    const focused = this.#plot.querySelector("[data-model]:focus")?.getAttribute("data-model");
    const svg = drawPlane(points, {
      width: this.#width,
      size: size || USUAL_SIZE,
      chosen: state.model ?? "",
      words: wordsOf,
      onpoint: (point) => this.#point(point),
      onchoose: choose,
    });
    this.#plot.replaceChildren(svg);
    const again = focused && svg.querySelector(`[data-model="${CSS.escape(focused)}"]`);
    if (again instanceof SVGElement) again.focus();
  }
}

/**
 * The part of the rate that no digit needs.
 *
 * @param {Measured} point
 */
function idleOf({ model }) {
  const gap = model.metrics?.prior_gap;
  return isNumber(gap) ? `≥ ${fixed(Math.max(0, gap), 2)}` : fixed(gap);
}

/** @param {Measured[]} points */
function tableOf(points) {
  const heads = Object.entries({
    model: "",
    rate: "rate",
    "no digit needs": "rate",
    distortion: "distortion",
    "−ELBO": "",
  });
  const head = heads.map(([textContent, className]) =>
    make("th", { scope: "col", className, textContent }),
  );
  const cost = (/** @type {Measured} */ { rate, distortion }) => rate + distortion;
  const sorted = [...points].sort((one, other) => cost(one) - cost(other));
  const rows = sorted.map((point) => {
    const { name, title } = point.model;
    const pick = button(name, { className: "plain", title }, () => choose(point));
    pick.setAttribute("aria-pressed", String(name === state.model));
    const costs = [point.rate, point.distortion, cost(point)].map((value) => fixed(value));
    const [rate, ...rest] = costs;
    const figures = [rate, idleOf(point), ...rest].map((textContent) =>
      make("td", { className: "num", textContent }),
    );
    return make("tr", {}, make("td", {}, pick), ...figures);
  });
  return make("table", {}, make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows));
}

/**
 * Build the plot in `box`; a click or Enter on a point chooses its model.
 *
 * @param {HTMLElement} box
 * @param {(points: Measured[], quantity: Quantity) => void} onquantity what is on show
 */
export function ratePlane(box, onquantity) {
  if (pointsOfAny()) return new RatePlane(box, onquantity);
  box.textContent = "None of these models has been measured yet.";
}

const pointsOfAny = () => Object.keys(QUANTITIES).some((key) => pointsOf(key).length);
