// Words that the uses share.

import { fixed } from "../../core/numbers.js";
import { num } from "../../parts/nodes.js";

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
