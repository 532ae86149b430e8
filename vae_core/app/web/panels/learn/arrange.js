// Bring the page to where a step begins, by the ways that its own buttons take.

import { modelNamed, openPanels } from "../../core/boot.js";
import { placeOf } from "../../core/examples.js";
import { openPanel, send } from "../../core/handover.js";
import { set, state } from "../../core/state.js";
import { example } from "../../draw/examples.js";
import { hold } from "../../parts/hold.js";
import { isSettled, rootOf } from "./look.js";

/** @import { Setting } from "./types.js" */

const LOOK_MS = 100;
const PATIENCE_MS = 15000;
const STEADY = 3; // looks in a row at which nothing is under way

/** @param {number} ms */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/**
 * Why a step cannot be had here; null where it can.
 *
 * @param {Setting} setting
 */
export function missing({ panel, model }) {
  if (!openPanels.includes(panel))
    return `This step needs the panel ${panel}, which is left out here.`;
  return modelNamed(model) ? null : `This step needs the model ${model}, which is not here.`;
}

/**
 * Go there, and return once nothing is under way.
 *
 * @param {Setting} setting
 * @param {() => boolean} stillCounts
 */
export async function arrange(setting, stillCounts) {
  const { panel, model, digit, nth = 0, ends, view } = setting;
  if (state.model !== model) set({ model });
  if (state.panel !== panel) openPanel(panel);
  await settled(panel, stillCounts);
  if (!stillCounts()) return;
  if (digit === undefined && !ends && !view) return;
  if (digit !== undefined) send(panel, { picture: await digitOf(digit, nth), from: "lesson" });
  for (const [i, label] of (ends ?? []).entries()) {
    send(panel, { picture: await digitOf(label, 0), end: i ? "b" : "a", from: "lesson" });
  }
  const place = view ? rootOf(panel)?.querySelector(`[data-view=${view}]`) : null;
  if (place) hold(place);
  await settled(panel, stillCounts);
}

/**
 * @param {number} label
 * @param {number} nth
 */
const digitOf = async (label, nth) => ({ pixels: await example(placeOf(label, nth)) });

/**
 * Until a panel rests, or patience ends.
 *
 * @param {string} panel
 * @param {() => boolean} stillCounts
 */
export async function settled(panel, stillCounts) {
  const until = Date.now() + PATIENCE_MS;
  for (let steady = 0; steady < STEADY && Date.now() < until && stillCounts(); ) {
    await pause(LOOK_MS);
    steady = isSettled(panel) ? steady + 1 : 0;
  }
}
