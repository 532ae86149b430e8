// Models as points: rate across, distortion up, and lines of the same sum.

import { fixed } from "../core/numbers.js";
import { shape } from "../parts/nodes.js";
import { placeForName } from "./plane_names.js";

/** @import { Model } from "../core/types.js" */
/** @import { Box } from "./plane_names.js" */

/** @typedef {{ model: Model, rate: number, distortion: number }} Measured */
/** @typedef {{ low: number, high: number }} Span */

const MARGIN = { left: 56, right: 16, top: 16, bottom: 44 };
const [LOWEST, HIGHEST, SHAPE] = [320, 460, 0.56];
const NARROW = 500; // pixels: room for fewer ticks
const NAMED = 60; // pixels: a shorter line of the same sum has no number

/**
 * Round numbers, about `count` of them, within [low, high].
 *
 * @param {number} low
 * @param {number} high
 * @param {number} count
 */
export function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5].map((factor) => factor * power).find((s) => s >= rough) ?? 10 * power;
  const found = [];
  for (let v = Math.ceil(low / step) * step; v <= high + 1e-9; v += step) {
    found.push(Math.abs(v) < 1e-9 ? 0 : v);
  }
  return found;
}

/**
 * A little more than all values take.
 *
 * @param {number[]} values
 * @returns {Span}
 */
function spanOf(values) {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max((high - low) * 0.09, Math.abs(high) * 0.02, 1);
  return { low: low - room, high: high + room };
}

/** @param {number} v */
const plain = (v) => fixed(v, Number.isInteger(Math.round(v * 10) / 10) ? 0 : 1);

/**
 * @typedef {object} PlaneOptions
 * @property {number} width pixels
 * @property {number} size of the letters, pixels
 * @property {string} chosen name of the model that is drawn last, so that nothing hides it
 * @property {(point: Measured) => string} words
 * @property {(point: Measured) => void} onpoint it is pointed at, or has the focus
 * @property {(point: Measured) => void} onchoose
 */

class Plane {
  /**
   * @param {Measured[]} points
   * @param {PlaneOptions} options
   */
  constructor(points, options) {
    const { width } = options;
    const height = Math.round(Math.max(LOWEST, Math.min(HIGHEST, width * SHAPE)));
    this.options = options;
    this.across = spanOf(points.map(({ rate }) => rate));
    this.across.low = Math.max(0, this.across.low);
    this.up = spanOf(points.map(({ distortion }) => distortion));
    this.right = width - MARGIN.right;
    this.bottom = height - MARGIN.bottom;
    /** @type {Box} */
    this.frame = { left: MARGIN.left, right: width, top: 0, bottom: this.bottom };
    const label = "Rate across, distortion up, a point a model";
    const view = { viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": label };
    this.svg = shape("svg", view);
  }

  /** @param {number} rate */
  x(rate) {
    const { low, high } = this.across;
    return MARGIN.left + ((rate - low) / (high - low)) * (this.right - MARGIN.left);
  }

  /** @param {number} distortion */
  y(distortion) {
    const { low, high } = this.up;
    return this.bottom - ((distortion - low) / (high - low)) * (this.bottom - MARGIN.top);
  }

  /**
   * @param {string} words
   * @param {Record<string, string | number>} attributes
   */
  write(words, attributes) {
    this.svg.append(shape("text", attributes, words));
  }

  drawAxes() {
    const { across, up, right, bottom } = this;
    for (const sum of ticks(across.low + up.low, across.high + up.high, 7)) this.drawSum(sum);
    for (const v of ticks(across.low, across.high, this.options.width < NARROW ? 4 : 7)) {
      const place = { x: this.x(v), y: bottom + 16, "text-anchor": "middle" };
      this.write(plain(v), { ...place, class: "tick rate" });
    }
    for (const v of ticks(up.low, up.high, 5)) {
      const place = { x: MARGIN.left - 8, y: this.y(v) + 4, "text-anchor": "end" };
      this.write(plain(v), { ...place, class: "tick distortion" });
    }
    const d = `M${MARGIN.left} ${MARGIN.top}V${bottom}H${right}`;
    this.svg.append(shape("path", { d, class: "axis" }));
    const end = { "text-anchor": "end" };
    this.write("rate, nats", { x: right, y: bottom + 36, class: "title rate", ...end });
    const upwards = { x: 14, y: MARGIN.top, transform: `rotate(-90 14 ${MARGIN.top})` };
    this.write("distortion, nats", { ...upwards, class: "title distortion", ...end });
  }

  /**
   * A line along which distortion + rate, which is −ELBO, stays the same.
   *
   * @param {number} sum
   */
  drawSum(sum) {
    const from = Math.max(this.across.low, sum - this.up.high);
    const to = Math.min(this.across.high, sum - this.up.low);
    if (to <= from) return;
    const [x1, y1, x2, y2] = [this.x(from), this.y(sum - from), this.x(to), this.y(sum - to)];
    this.svg.append(shape("line", { x1, y1, x2, y2, class: "sum" }));
    if (x2 - x1 < NAMED) return;
    const place = { x: x2 - 4, y: y2 - 6, "text-anchor": "end" };
    this.write(plain(sum), { ...place, class: "sum-name" });
  }

  /** @param {Measured[]} points */
  drawPoints(points) {
    const isChosen = (/** @type {Measured} */ { model }) => model.name === this.options.chosen;
    const taken = points.map((point) => this.boxOf(point));
    const others = points.filter((point) => !isChosen(point));
    for (const point of [...others, ...points.filter(isChosen)]) {
      this.drawPoint(point, isChosen(point), taken);
    }
  }

  /** @param {Measured} point */
  boxOf({ rate, distortion }) {
    const [x, y] = [this.x(rate), this.y(distortion)];
    return { left: x - 7, top: y - 7, right: x + 7, bottom: y + 7 };
  }

  /**
   * @param {Measured} point
   * @param {boolean} isChosen
   * @param {Box[]} taken
   */
  drawPoint(point, isChosen, taken) {
    const { name } = point.model;
    const { size, words, onpoint, onchoose } = this.options;
    const [x, y] = [this.x(point.rate), this.y(point.distortion)];
    const group = shape(
      "g",
      {
        class: isChosen ? "point chosen" : "point",
        tabindex: 0,
        role: "button",
        "aria-pressed": String(isChosen),
        "aria-label": `${words(point)}; choose it`,
        "data-testid": "rd-point",
        "data-model": name,
      },
      shape("circle", { cx: x, cy: y, r: 14, class: "reach" }),
      shape("circle", { cx: x, cy: y, r: isChosen ? 7 : 5, class: "dot" }),
    );
    const place = placeForName(name, { x, y, size }, this.frame, taken);
    if (place) {
      const at = { x: place.x, y: place.y, "text-anchor": place.anchor };
      group.append(shape("text", { ...at, class: "name" }, name));
    }
    for (const kind of ["pointerenter", "focus"]) {
      group.addEventListener(kind, () => onpoint(point));
    }
    group.addEventListener("click", () => onchoose(point));
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      onchoose(point);
    });
    this.svg.append(group);
  }
}

/**
 * @param {Measured[]} points at least one
 * @param {PlaneOptions} options
 * @returns {SVGElement}
 */
export function drawPlane(points, options) {
  const plane = new Plane(points, options);
  plane.drawAxes();
  plane.drawPoints(points);
  return plane.svg;
}
