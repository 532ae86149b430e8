// The map itself: three canvases above each other, each painted anew only when something on it has
// changed, at most once a display frame.

import { AREA } from "../../core/bytes.js";
import { sheetOf } from "../../draw/sheet.js";
import { find } from "../../parts/nodes.js";
import { onResize } from "../../parts/resized.js";
import { BackCanvas } from "./back.js";
import { OverlayCanvas } from "./overlay.js";
import { paletteOf } from "./palette.js";
import { PointsCanvas } from "./points.js";
import { View } from "./view.js";

/** @import { Chart } from "./codes.js" */
/** @import { Mine } from "./overlay.js" */
/** @import { Spot } from "./view.js" */

const NEAR = 2.6; // zoom from which digits show themselves
const MOST_RATIO = 2; // canvas pixels a screen pixel

export class MapCanvas {
  view = new View();
  /** @type {Chart | null} */
  chart = null;
  /** @type {Uint8Array | null} */
  chosen = null;
  /** @type {Spot | null} */
  at = null;
  /** @type {number | null} */
  hovered = null;
  /** @type {Mine | null} */
  mine = null;
  /** @type {Spot[]} */
  corners = [];
  /** @type {Spot[]} */
  lasso = [];
  /** @type {"auto" | "dots" | "digits"} */
  mode = "auto";
  /** @type {Uint8Array | null} */
  #sheet = null;
  #isDue = { back: false, points: false, over: false };
  #isAsked = false;

  /**
   * @param {HTMLElement} box
   * @param {{ sheet: string, onsize: () => void }} options address of the sheet of digits
   */
  constructor(box, options) {
    this.box = box;
    this.options = options;
    this.canvas = find(box, "[data-testid=map-canvas]", HTMLCanvasElement);
    this.back = new BackCanvas(find(box, ".back", HTMLCanvasElement));
    this.points = new PointsCanvas(this.canvas);
    this.over = new OverlayCanvas(find(box, ".over", HTMLCanvasElement));
    this.palette = paletteOf(box);
    onResize(box, () => this.#resize());
    new MutationObserver(() => {
      this.palette = paletteOf(box);
      this.draw();
    }).observe(document.body, { attributeFilter: ["class"] });
  }

  /** @param {Chart} chart */
  adopt(chart) {
    this.chart = chart;
    this.hovered = null;
    this.back.adopt(chart);
    this.view.fit(chart.extent);
    this.draw();
  }

  /** Whether digits show themselves. */
  get isOfDigits() {
    return this.mode === "digits" || (this.mode === "auto" && this.view.zoom >= NEAR);
  }

  /** All layers, or those that are named. */
  draw({ back = true, points = true, over = true } = {}) {
    this.#isDue.back ||= back;
    this.#isDue.points ||= points;
    this.#isDue.over ||= over;
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => this.#paint());
  }

  /** Only what lies above the digits. */
  drawOver() {
    this.draw({ back: false, points: false });
  }

  /** The sheet of digits comes when the first of them is to be shown. */
  async loadSheet() {
    if (this.#sheet) return;
    this.#sheet = await sheetOf(this.options.sheet);
    this.draw({ back: false });
  }

  /** @param {number} index */
  pixels(index) {
    return this.#sheet?.subarray(AREA * index, AREA * (index + 1)) ?? null;
  }

  #resize() {
    const { clientWidth: width, clientHeight: height } = this.box;
    if (!width || !height) return;
    const ratio = Math.min(MOST_RATIO, window.devicePixelRatio || 1);
    for (const each of [this.back, this.points, this.over]) each.resize(width, height, ratio);
    this.view.resize(width, height);
    this.options.onsize();
    this.#paintNow();
  }

  #paintNow() {
    this.#isDue = { back: true, points: true, over: true };
    this.#paint();
  }

  #paint() {
    this.#isAsked = false;
    const { chart, view, palette, chosen } = this;
    const due = this.#isDue;
    if (!chart) return;
    this.#isDue = { back: false, points: false, over: false };
    if (due.back) this.back.paint(view, chart, palette);
    if (due.points) {
      const isOfDigits = this.isOfDigits;
      if (isOfDigits) this.loadSheet().catch(() => {}); // dots stay
      const sheet = isOfDigits ? this.#sheet : null;
      this.points.paint({ chart, view, palette, chosen, sheet });
      this.canvas.dataset.showing = sheet ? "digits" : "dots";
      this.canvas.dataset.painted = String(Number(this.canvas.dataset.painted ?? 0) + 1);
    }
    if (due.over) this.#paintOver(chart);
  }

  /** @param {Chart} chart */
  #paintOver(chart) {
    const { view, palette, at, mine, corners, lasso, hovered: index } = this;
    const hovered =
      index === null
        ? null
        : { spot: chart.spot(index), label: chart.labels[index], pixels: this.pixels(index) };
    this.over.paint({ view, palette, at, hovered, mine, corners, lasso });
  }
}
