// What leaves Reconstruct: to another panel, as PNG or JSON, as lines of Python.

import { send } from "../../core/handover.js";
import { png } from "../../draw/png.js";
import { download, downloadJson, toggleText } from "../../parts/files.js";
import { find, findAll } from "../../parts/nodes.js";
import { python } from "./python.js";

/** @import { Reconstruction } from "../../core/types.js" */
/** @import { Canvases } from "./digits.js" */
/** @import { Made } from "./python.js" */

const LAYOUT = { gap: 2, scale: 16 };

/** @typedef {Made & { answer: Reconstruction }} Shown */

/** @param {Reconstruction} answer */
const codeOf = ({ z, z_drawn: drawn }) => drawn ?? z;

/**
 * @param {HTMLElement} root of the panel
 * @param {Canvases} canvases
 * @param {() => Shown | null} shown what is on show now
 */
export function mountHandout(root, { input, output, difference }, shown) {
  /** @type {Record<string, (now: Shown) => unknown>} */
  const keeps = {
    png: async ({ model }) => {
      const picture = await png([[input, output, difference]], LAYOUT);
      download(`reconstruction-${model.name}.png`, picture);
    },
    json: ({ model, answer }) => {
      downloadJson(`reconstruction-${model.name}.json`, values(model.name, answer), 2);
    },
    python: (now) => toggleText(find(root, ".python"), () => python(now)),
  };
  for (const each of findAll(root, "[data-keep]")) {
    each.addEventListener("click", () => {
      const now = shown();
      if (now) keeps[each.dataset.keep ?? ""](now);
    });
  }
  for (const each of findAll(root, "[data-send]")) {
    each.addEventListener("click", () => {
      const now = shown();
      if (now) sendTo(each.dataset.send ?? "", now);
    });
  }
}

/**
 * @param {string} target Explore, Map, Inside, Use, or an end of Interpolate
 * @param {Shown} shown
 */
function sendTo(target, { answer, question }) {
  const digit = { picture: { pixels: answer.input }, from: "reconstruct" };
  if (["map", "inside", "use"].includes(target)) send(target, digit);
  else if (target !== "explore") send("interpolate", { ...digit, end: target });
  else if (question.code === "mean") send("explore", digit);
  else send("explore", { z: codeOf(answer), from: "reconstruct" });
}

/**
 * @param {string} checkpoint
 * @param {Reconstruction} answer
 */
const values = (checkpoint, answer) => ({
  checkpoint,
  z: codeOf(answer),
  posterior_mean_sliders: answer.z,
  mean: answer.mean,
  logvar: answer.logvar,
  distortion: answer.distortion,
  rate: answer.rate,
  mse: answer.mse,
  shares_of_test_digits_below: answer.shares_below,
});
