// 7: posterior collapse and its cures, from the measured figures.

import { modelNamed } from "../../core/boot.js";
import { fixed, isNumber, whole } from "../../core/numbers.js";
import { bold, button, find, num, shape, text } from "../../parts/nodes.js";
import { choosesModel, count, decimal, shipped, showMissing, showWords } from "./cells.js";

/** @import { Model } from "../../core/types.js" */
/** @import { Comparison, Setting } from "./cells.js" */

const BARE = "vae-collapsed";
const HEIGHT = 40; // of a bar
const LEAST = 0.4; // so that a latent without a nat is seen

/** @typedef {{ model: Model, kls: number[], active: number, rate: number, elbo: number }} Run */

/**
 * @param {Setting} setting
 * @returns {Comparison}
 */
export function collapse({ view, rosters }) {
  const runs = shipped(rosters.collapse).flatMap(runOf);
  if (!runs.length) showMissing(view, rosters.collapse);
  const most = Math.max(...runs.flatMap(({ kls }) => kls));
  find(view, ".columns").append(...runs.map((run) => columnOf(run, most)));
  conclude(view, runs);
  return { needsDigit: false };
}

/**
 * @param {string} name
 * @returns {Run[]} one, or none without its figures
 */
function runOf(name) {
  const model = modelNamed(name);
  const { elbo, rate, active_units: active } = model?.metrics ?? {};
  if (!model?.kl_per_dim || !isNumber(elbo)) return [];
  const kls = [...model.kl_per_dim].sort((one, other) => other - one);
  return [{ model, kls, active: active ?? Number.NaN, rate: rate ?? Number.NaN, elbo }];
}

/**
 * @param {Run} run
 * @param {number} most nats of a latent in all runs
 */
function columnOf({ model, kls, active, rate, elbo }, most) {
  const bars = kls.map((kl, i) => {
    const height = Math.max(LEAST, (HEIGHT * kl) / most);
    return shape("rect", { x: i + 0.1, width: 0.8, y: HEIGHT - (HEIGHT * kl) / most, height });
  });
  const view = { viewBox: `0 0 ${kls.length} ${HEIGHT}`, preserveAspectRatio: "none" };
  const chart = shape("svg", { class: "bars", ...view, "aria-hidden": "true" }, ...bars);
  const figures = [
    `${whole(active)} of ${whole(model.latent_dim)} active`,
    `rate ${fixed(rate)} nats`,
    `−ELBO ${fixed(-elbo)} nats`,
  ];
  const words = figures.map((one) => num(one));
  const made = button([chart, bold(model.name), ...words], { className: "cell wide" });
  return choosesModel(made, model.name);
}

/**
 * @param {HTMLElement} view
 * @param {Run[]} runs
 */
function conclude(view, runs) {
  const bare = runs.find(({ model }) => model.name === BARE);
  const cures = runs.filter((run) => run !== bare);
  if (!bare || !cures.length) return;
  const best = cures.reduce((one, other) => (one.active >= other.active ? one : other));
  /** @param {Run} run */
  const used = ({ model, active }) => text`${count(active)} of ${count(model.latent_dim)}`;
  const many = cures.length > 1 ? text`its ${count(cures.length)} cures` : "its cures";
  showWords(
    view,
    text`A bar is a latent, its height the nats that it carries. Trained without care, this net's decoder learns to do without latents before the encoder has anything to say: ${bold(BARE)} uses ${used(bare)}; of ${many} ${bold(best.model.name)} keeps most alive, ${used(best)}, at a −ELBO of ${decimal(-best.elbo)} nats against ${decimal(-bare.elbo)}.`,
  );
}
