// Sentences of the Train panel: what a run may take, where it stands, what is announced.

import { pageSet } from "../../core/boot.js";
import { fixed, isNumber, number, whole } from "../../core/numbers.js";
import { make, num, text } from "../../parts/nodes.js";

/** @import { CurvePoint } from "../../core/types.js" */
/** @import { Limits, Look } from "./types.js" */

/** @param {number} seconds */
const minutes = (seconds) => num(number(seconds / 60, 2));

/** @param {Limits} limits */
export function limitWords({ running, waiting, run_seconds, memory_megabytes, bounds }) {
  const [, most] = bounds.digits;
  return text`A run may last ${minutes(run_seconds)} minutes, pauses included, take ${num(whole(memory_megabytes))} MB of memory and train a model of up to ${num(whole(bounds.parameters))} parameters, on up to ${num(whole(most))} digits. ${num(running)} ${running === 1 ? "run trains" : "runs train"} at a time and ${num(waiting)} may wait; leaving the page ends yours. ${source()}`;
}

/** What runs learn from, whatever model is chosen. */
function source() {
  if (!pageSet) return "Runs here learn from MNIST’s digits.";
  const verb = make("code", {}, "python -m vae_core train RECIPE --dataset SET --data DIR");
  return text`Runs here learn from MNIST’s digits, not from ${pageSet.title}, of which the chosen model is; ${verb} trains on other sets.`;
}

/** @param {Limits} limits */
export const keepingWords = ({ models, idle_seconds }) =>
  text`They live in the memory of this one server, up to ${num(models)} of yours, and are dropped after ${minutes(idle_seconds)} minutes without use. Download what you want to keep: the zip is a checkpoint folder.`;

/**
 * Where a run stands.
 *
 * @param {Look} look
 * @param {CurvePoint} [last]
 */
export function statusWords(look, last) {
  const { state, place, ending } = look;
  if (state === "waiting") return text`waiting: number ${place ?? 1} in the queue`;
  if (state === "starting") return text`starting …`;
  if (state === "none" || !last) return text`ready`;
  const at = `epoch ${last.epoch} of ${look.epochs}, step ${whole(last.step)} of ${whole(look.total_steps)}`;
  const time = `${fixed(last.seconds)} s`;
  if (state === "paused") return text`resting: ${at}, ${time}`;
  if (state === "running") return text`training: ${at}, ${time}`;
  const ends = { done: "done", stopped: "stopped", time: "out of time" };
  return text`${Reflect.get(ends, ending ?? "") ?? "over"}: ${at}, ${time}`;
}

/**
 * What is announced to who listens: the ends of epochs and of the run; null where nothing is new.
 *
 * @param {Look} look
 * @param {CurvePoint | undefined} last
 * @param {number} announced the epoch that was announced last
 */
export function spokenWords(look, last, announced) {
  if (look.state === "waiting") return `Waiting: number ${look.place} in the queue.`;
  if (look.state === "ended" && look.model) {
    return `The run is over. Your model is called ${look.model}. ${costOf(last)}`;
  }
  if (!last || last.epoch === announced || last.epoch === 0) return null;
  return `Epoch ${last.epoch} of ${look.epochs}. ${costOf(last)}`;
}

/** @param {CurvePoint} [point] */
function costOf(point) {
  if (!point) return "";
  const { held_negative_elbo: cost, held_distortion: distortion } = point;
  const words = isNumber(cost) ? `−ELBO ${fixed(cost)}` : `Distortion ${number(distortion)}`;
  return `${words} on digits held out.`;
}
