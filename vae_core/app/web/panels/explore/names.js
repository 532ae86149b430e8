// The names of the sliders: traits that they follow, as far as that was measured.

import { call } from "../../core/calls.js";
import { requests } from "../../core/requests.js";

/** @import { Model, Server } from "../../core/types.js" */
/** @import { Rows } from "./rows.js" */

/**
 * @param {Server} server
 * @param {Rows} rows
 * @returns {(model: Model) => void} asks for the names of a model's sliders and shows them
 */
export function namer(server, rows) {
  const naming = requests({ onerror: (sentence) => console.warn(sentence) }); // a courtesy
  return ({ name }) => {
    naming.ask(async (still) => {
      const { names, digits } = await still(call(server, "names", { checkpoint: name }));
      rows.showNames(names, digits);
    });
  };
}
