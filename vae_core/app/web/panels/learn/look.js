// What a lesson sees of the page: read off it, never asked of the server.

import { callsUnderWay } from "../../core/calls.js";
import { state } from "../../core/state.js";
import { pixelsOf } from "../../draw/digit.js";
import { findAll } from "../../parts/nodes.js";

/** @import { Look } from "./types.js" */

/** @param {string} panel */
export const rootOf = (panel) => document.querySelector(`[data-testid=panel-${panel}]`);

/**
 * @param {string} panel
 * @param {string} selector
 */
const part = (panel, selector) => rootOf(panel)?.querySelector(selector) ?? null;

/**
 * @param {string} panel
 * @param {string} selector
 */
const ranges = (panel, selector) =>
  findAll(rootOf(panel) ?? document.body, selector, HTMLInputElement);

/** @param {Element | null} element */
const rangeValue = (element) => (element instanceof HTMLInputElement ? element.value : "");

/** @param {Element | null} element */
const digitOf = (element) =>
  element instanceof HTMLCanvasElement && element.width ? pixelsOf(element) : "";

/** @returns {Look} */
export function look() {
  const canvas = part("explore", "[data-testid=live-canvas]");
  const [inside, rows] = [rootOf("inside"), part("inside", ".rows")];
  const own = state.panel === "inside" ? "[data-testid=inside-x]" : "[data-testid=model-input]";
  const map = part("map", "[data-testid=live-canvas]");
  const unused = part("explore", ".unused-fold");
  const path = part("interpolate", "[data-path][aria-pressed=true]");
  return {
    model: state.model,
    seed: state.seed,
    code: state.u && [...state.u],
    reading: canvas instanceof HTMLElement ? (canvas.dataset.reading ?? "") : "",
    pointed: part("inside", ".part[aria-pressed=true]")?.getAttribute("data-part") ?? null,
    points: rows instanceof HTMLElement ? Number(rows.dataset.points ?? 0) : 0,
    mapped: map instanceof HTMLElement ? Number(map.dataset.frame ?? 0) : 0,
    pulled: ranges("map", "[data-testid^=tangent-]").some((each) => Number(each.value) !== 0),
    eps: inside instanceof HTMLElement ? Number(inside.dataset.eps ?? 0) : 0,
    picture: digitOf(part(state.panel, own)),
    scrubber: Number(rangeValue(part("interpolate", "[data-testid=scrubber]"))),
    path: path instanceof HTMLElement ? (path.dataset.path ?? "") : "",
    damage: rangeValue(part("compare", "[data-testid=corruption-level]")),
    unfolded: unused instanceof HTMLDetailsElement && unused.open,
  };
}

/**
 * Whether a panel is there and waits for no answer.
 *
 * @param {string} panel
 */
export function isSettled(panel) {
  const root = rootOf(panel);
  const isThere = root instanceof HTMLElement && root.offsetParent !== null;
  return isThere && callsUnderWay() === 0 && !root.querySelector(".is-busy, [aria-busy=true]");
}
