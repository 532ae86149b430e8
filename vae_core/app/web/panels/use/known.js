// What the small model of Anomaly knows: one digit, or all but one; in the address as "held-out.1".

import { keep, onTravel, openedWith } from "../../core/state.js";
import { attributes, button, make, press } from "../../parts/nodes.js";

const MODES = { one: "knows one digit", "held-out": "knows all but one" };

/** @typedef {{ mode: string, known: number }} Known */

/** @returns {Known} */
function opened() {
  const found = /^(one|held-out)\.(\d)$/.exec(openedWith("known") ?? "");
  return found ? { mode: found[1], known: Number(found[2]) } : { mode: "one", known: 7 };
}

/**
 * Buttons for both.
 *
 * @param {HTMLElement} row
 * @param {() => void} onchange
 * @returns {{ chosen: Known, set: (patch: Partial<Known>) => void }}
 */
export function chooseKnown(row, onchange) {
  const chosen = opened();
  const modes = Object.entries(MODES).map(([mode, words]) => {
    const made = button(words, {}, () => set({ mode }));
    made.dataset.mode = mode;
    return made;
  });
  const digits = [...Array(10).keys()].map((known) => {
    const made = button(String(known), { className: "num" }, () => set({ known }));
    made.dataset.known = String(known);
    return made;
  });
  const mark = () => {
    press(modes, ({ dataset }) => dataset.mode === chosen.mode);
    press(digits, ({ dataset }) => dataset.known === String(chosen.known));
  };
  /** @param {Partial<Known>} patch */
  function set(patch) {
    Object.assign(chosen, patch);
    keep({ known: `${chosen.mode}.${chosen.known}` });
    mark();
    onchange();
  }
  onTravel(["known"], () => {
    Object.assign(chosen, opened());
    mark();
    onchange();
  });
  row.append(make("span", { className: "muted" }, "A small model that"));
  row.append(group("What the small model knows", modes), group("That digit", digits));
  mark();
  return { chosen, set };
}

/**
 * @param {string} label
 * @param {HTMLElement[]} buttons
 */
const group = (label, buttons) =>
  attributes(make("div", { className: "row", role: "group" }, ...buttons), { "aria-label": label });
