// Which lessons are done, kept in this browser alone.

import { emit } from "../../core/events.js";

const KEY = "studio-lessons";

/** @returns {Record<string, number>} steps done of each lesson, by its key */
export function progress() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    return kept && typeof kept === "object" && !Array.isArray(kept) ? kept : {};
  } catch {
    return {}; // a browser that keeps nothing, or what is no list
  }
}

/**
 * @param {string} lesson
 * @param {number} steps
 */
export function keepProgress(lesson, steps) {
  const before = progress();
  setProgress({ ...before, [lesson]: Math.max(steps, Number(before[lesson]) || 0) });
}

/** @param {Record<string, number>} kept */
export function setProgress(kept) {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Nothing is kept then; the lesson goes on all the same.
  }
  emit("progress", kept);
}

export function forgetProgress() {
  try {
    localStorage.removeItem(KEY);
  } catch {
    // There is nothing to forget.
  }
  emit("progress", {});
}
