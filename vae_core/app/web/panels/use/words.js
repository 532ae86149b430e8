// Words that the uses share.

import { models } from "../../core/boot.js";
import { fixed } from "../../core/numbers.js";
import { set } from "../../core/state.js";
import { button, find, num } from "../../parts/nodes.js";

/** @import { Figure } from "./types.js" */

/**
 * A share and its standard error in percent.
 *
 * @param {Figure} figure
 */
export const share = ({ value, sem }) => num(`${fixed(100 * value)} ± ${fixed(100 * sem)} %`);

/**
 * An area under a curve and its standard error.
 *
 * @param {Figure} figure
 */
export const area = ({ value, sem }) => num(`${fixed(value, 3)} ± ${fixed(sem, 3)}`);

/**
 * A way out of a use that the chosen model has no part in; nothing where the other is not here.
 *
 * @param {HTMLElement} view of the use, whose heading takes the focus from the button that goes
 * @param {string | undefined} name
 */
export function tryModel(view, name) {
  if (!models.some((model) => model.name === name)) return "";
  return button(`Try ${name}`, {}, () => {
    const heading = find(view, "h2");
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
    set({ model: name });
  });
}
