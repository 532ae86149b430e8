// Curves of distortion, rate and -ELBO over the epochs: of the digits trained on and of those held
// out, of this run and of the one before.

import { fixed } from "../../core/numbers.js";
import { ticks } from "../../draw/plane.js";
import { attributes, make, shape } from "../../parts/nodes.js";
import { onResize } from "../../parts/resized.js";

/** @import { CurvePoint } from "../../core/types.js" */
/** @import { Epoch, Spot } from "./types.js" */

const MARGIN = { left: 52, right: 14, top: 12, bottom: 40 };
const [LOWEST, HIGHEST, SHAPE] = [220, 340, 0.5];
const MOST = 400; // spots of a line: a screen shows no more
const ROOM = 1.06; // above the highest spot
const FIRST = 2; // times the last costs: what lies above is cut off
const TICK = 34; // pixels between the numbers at the side, at the least

/** The lines, as the key names them; the last one lies on top. */
export const LINES = {
  distortion: { held: "held_distortion", words: "distortion" },
  rate: { held: "held_rate", words: "rate" },
  cost: { held: "held_cost", words: "−ELBO" },
};

/** @typedef {{ spots: Spot[], epochs: number, quantity?: string | null }} Curve */

/**
 * @param {CurvePoint[]} points
 * @param {number} stepsAnEpoch
 * @returns {Spot[]}
 */
export const spotsOf = (points, stepsAnEpoch) =>
  points.map((point) => ({
    at: point.step / stepsAnEpoch,
    distortion: point.distortion,
    rate: point.rate,
    cost: point.negative_elbo,
    held_distortion: point.held_distortion,
    held_rate: point.held_rate,
    held_cost: point.held_negative_elbo,
  }));

/**
 * @param {Epoch[]} epochs
 * @returns {Spot[]}
 */
export const spotsOfHistory = (epochs) =>
  epochs.map((each) => ({
    at: each.epoch,
    distortion: each.distortion,
    rate: each.rate,
    cost: sum(each.distortion, each.rate),
    held_distortion: each.held_distortion,
    held_rate: each.held_rate,
    held_cost: sum(each.held_distortion, each.held_rate),
  }));

/**
 * @param {number | null} one
 * @param {number | null} other
 */
const sum = (one, other) => (one === null || other === null ? null : one + other);

/**
 * Every so many of a long list, and always its last.
 *
 * @template T
 * @param {T[]} list
 * @param {number} most
 */
export function thinned(list, most) {
  const step = Math.ceil(list.length / most);
  return step <= 1 ? list : list.filter((_, i) => i % step === 0 || i === list.length - 1);
}

/**
 * The span of what is drawn: what a model costs in its first steps would flatten all the rest.
 *
 * @param {Curve[]} curves
 * @param {string[]} fields
 * @returns {[number, number]}
 */
export function spanOf(curves, fields) {
  const all = valuesOf(
    curves.flatMap(({ spots }) => spots),
    fields,
  );
  if (!all.length) return [0, 1];
  const last = valuesOf(
    curves.flatMap(({ spots }) => spots.slice(-1)),
    fields,
  );
  const high = Math.min(Math.max(0, ...all), FIRST * Math.max(0, ...last.map(Math.abs)));
  return [Math.min(0, ...all) * ROOM, high * ROOM || 1];
}

/**
 * @param {Spot[]} spots
 * @param {string[]} fields
 */
const valuesOf = (spots, fields) =>
  spots
    .flatMap((spot) => fields.map((field) => Reflect.get(spot, field)))
    .filter((value) => Number.isFinite(value));

export class Curves {
  /** @type {Curve[]} the newest first */
  #curves = [];
  /** @type {number | null} */
  #cursor = null;
  #hidden = new Set();
  #width = 0;
  #id = `clip-${Math.random().toString(36).slice(2)}`;
  #unit = "nats a digit";

  /**
   * @param {HTMLElement} box
   * @param {string} label
   */
  constructor(box, label) {
    this.label = label;
    this.svg = attributes(shape("svg", {}), { role: "img", "aria-label": label });
    box.replaceChildren(this.svg);
    onResize(box, () => {
      const width = Math.floor(box.clientWidth);
      if (width && width !== this.#width) {
        this.#width = width;
        this.#draw();
      }
    });
  }

  /**
   * @param {Curve[]} curves the newest first
   * @param {{ unit?: string, cursor?: number | null }} [more]
   */
  show(curves, { unit, cursor = null } = {}) {
    this.#curves = curves;
    this.#cursor = cursor;
    this.#unit = unit ?? this.#unit;
    this.#draw();
  }

  /**
   * @param {string} line
   * @param {boolean} isHidden
   */
  hide(line, isHidden) {
    if (isHidden) this.#hidden.add(line);
    else this.#hidden.delete(line);
    this.#draw();
  }

  #draw() {
    const width = this.#width;
    if (!width) return;
    const height = Math.round(Math.max(LOWEST, Math.min(HIGHEST, width * SHAPE)));
    const names = Object.entries(LINES).filter(([name]) => !this.#hidden.has(name));
    const fields = names.flatMap(([name, { held }]) => [name, held]);
    const [low, high] = spanOf(this.#curves, fields);
    const end = Math.max(1, ...this.#curves.map(({ epochs }) => epochs));
    const [right, bottom] = [width - MARGIN.right, height - MARGIN.bottom];
    const x = (/** @type {number} */ v) => MARGIN.left + (v / end) * (right - MARGIN.left);
    const y = (/** @type {number} */ v) =>
      bottom - ((v - low) / (high - low)) * (bottom - MARGIN.top);
    const frame = { x: MARGIN.left, y: 0, width: right - MARGIN.left, height: bottom };
    const clip = shape("clipPath", { id: this.#id }, shape("rect", frame));
    const lines = shape("g", { "clip-path": `url(#${this.#id})` });
    for (const [place, { spots }] of [...this.#curves.entries()].reverse()) {
      const few = thinned(spots, MOST);
      for (const [name, { held }] of names) {
        const age = place ? " before" : "";
        if (!place) lines.append(line(few, name, `${name} trained`, x, y));
        lines.append(line(few, held, `${name}${age}`, x, y));
      }
    }
    const parts = [clip, ...axes({ low, high, end, right, bottom, x, y, unit: this.#unit }), lines];
    if (this.#cursor !== null) {
      const at = x(this.#cursor);
      parts.push(shape("path", { d: `M${at} ${MARGIN.top}V${bottom}`, class: "cursor" }));
    }
    attributes(this.svg, { viewBox: `0 0 ${width} ${height}`, "aria-label": this.#words() });
    this.svg.replaceChildren(...parts);
  }

  #words() {
    const spots = this.#curves[0]?.spots ?? [];
    const last = spots.at(-1);
    if (!last) return this.label;
    const figures = Object.values(LINES).flatMap(({ held, words }) => {
      const value = Reflect.get(last, held);
      return Number.isFinite(value) ? [`${words} ${fixed(value)}`] : [];
    });
    return `${this.label}; at epoch ${fixed(last.at)}: ${figures.join(", ")}`;
  }
}

/**
 * @param {Spot[]} spots
 * @param {string} field
 * @param {string} className
 * @param {(at: number) => number} x
 * @param {(value: number) => number} y
 */
function line(spots, field, className, x, y) {
  const there = spots.filter((spot) => Number.isFinite(Reflect.get(spot, field)));
  const places = there.map(
    (spot) => `${x(spot.at).toFixed(1)} ${y(Reflect.get(spot, field)).toFixed(1)}`,
  );
  const [first, last] = [there[0], there.at(-1)];
  // A line of one spot would not be seen.
  const d =
    first === last && first ? `M${places[0]}h0.01` : places.length ? `M${places.join("L")}` : "";
  return shape("path", { d, class: `curve ${className}` });
}

/**
 * @param {{ low: number, high: number, end: number, right: number, bottom: number,
 *   x: (v: number) => number, y: (v: number) => number, unit: string }} frame
 */
function axes({ low, high, end, right, bottom, x, y, unit }) {
  const up = ticks(low, high, Math.max(2, Math.floor((bottom - MARGIN.top) / TICK)));
  const parts = up.flatMap((v) => [
    shape("path", { d: `M${MARGIN.left} ${y(v)}H${right}`, class: "grid" }),
    shape(
      "text",
      { x: MARGIN.left - 6, y: y(v) + 4, "text-anchor": "end", class: "tick" },
      fixed(v, Math.abs(high) < 5 ? 1 : 0),
    ),
  ]);
  const across = ticks(0, end, Math.min(end, 8)).filter(Number.isInteger);
  for (const v of across) {
    const place = { x: x(v), y: bottom + 16, "text-anchor": "middle", class: "tick" };
    parts.push(shape("text", place, fixed(v, 0)));
  }
  const d = `M${MARGIN.left} ${MARGIN.top}V${bottom}H${right}`;
  parts.push(shape("path", { d, class: "axis" }));
  const last = { y: bottom + 33, class: "title" };
  parts.push(shape("text", { ...last, x: right, "text-anchor": "end" }, "epochs"));
  parts.push(shape("text", { ...last, x: 4 }, unit));
  return parts;
}

/**
 * The key of the lines: buttons that hide and show each, and what a thin line is.
 *
 * @param {Curves} curves
 * @param {string} thin what thin lines are
 */
export function keyOf(curves, thin) {
  const buttons = Object.entries(LINES).map(([name, { words }]) => {
    const made = attributes(make("button", { type: "button", className: `key ${name}` }, words), {
      "aria-pressed": true,
    });
    made.addEventListener("click", () => {
      const isHidden = made.getAttribute("aria-pressed") === "true";
      made.setAttribute("aria-pressed", String(!isHidden));
      curves.hide(name, isHidden);
    });
    return made;
  });
  const note = make("span", { className: "small muted" }, thin);
  const group = make("div", { className: "row keys" }, ...buttons, note);
  return attributes(group, { role: "group", "aria-label": "Lines on show" });
}
