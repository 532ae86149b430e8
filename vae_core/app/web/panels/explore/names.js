// The names of the sliders, and the directions to steer along, as far as they were measured.

import { call } from "../../core/calls.js";
import { requests } from "../../core/requests.js";

/** @import { Model, Server } from "../../core/types.js" */
/** @import { Rows } from "./rows.js" */
/** @import { Steers } from "./steers.js" */

/**
 * @param {Server} server
 * @param {Rows} rows
 * @param {Steers} steers
 * @returns {(model: Model) => void} asks for the names of a model's sliders and shows them
 */
export function namer(server, rows, steers) {
  const naming = requests({ onerror: (sentence) => console.warn(sentence) }); // a courtesy
  return ({ name, steers: count }) => {
    steers.reserve(count);
    naming.ask(async (still) => {
      const answer = await still(call(server, "names", { checkpoint: name }));
      rows.showNames(answer.names, answer.digits);
      steers.adopt(answer.directions);
    });
  };
}
