// The ten lessons in order, and their places in an address: "beta.2" is the second step of "beta".

import { MODELS } from "./lessons_models.js";
import { SPACE } from "./lessons_space.js";

/** @import { Lesson } from "./types.js" */

/** @type {Lesson[]} */
export const LESSONS = [...SPACE, ...MODELS];

/**
 * @param {Lesson} lesson
 * @param {number} step from 0
 */
export const placeWords = (lesson, step) => `${lesson.key}.${step + 1}`;

/**
 * @param {string | null} words
 * @returns {{ lesson: Lesson, step: number } | null}
 */
export function readPlace(words) {
  const [key, step = "1"] = (words ?? "").split(".");
  const lesson = LESSONS.find((each) => each.key === key);
  const at = Number(step) - 1;
  return lesson && Number.isInteger(at) && lesson.steps[at] ? { lesson, step: at } : null;
}
