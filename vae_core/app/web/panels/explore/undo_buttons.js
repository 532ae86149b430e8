// Undo and redo of Explore: their buttons, their keys, and when the hand counts as resting.

import { Undo } from "../../core/undo.js";
import { find } from "../../parts/nodes.js";

/** @import { Start } from "./start.js" */

/** @import { Scale } from "./scale.js" */

/**
 * Where the hand rests.
 *
 * @typedef {object} Rest
 * @property {number[]} u
 * @property {Start | null} start
 * @property {number | null} label
 * @property {Scale} scale
 * @property {number[]} frozen
 */
/** @typedef {"undo" | "redo"} Way */

const REST_MS = 500; // after the last key of a run

/**
 * @param {Rest} one
 * @param {Rest} other
 */
const isSame = (one, other) =>
  one.start === other.start &&
  one.label === other.label &&
  one.scale === other.scale &&
  one.frozen.join() === other.frozen.join() &&
  one.u.every((v, dim) => v === other.u[dim]);

export class UndoButtons {
  #root;
  #here;
  #ongo;
  #undo;
  #isHeld = false; // a slider is in the hand
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} root of the panel
   * @param {() => Rest} here where the sliders are now
   * @param {(rest: Rest, event: Event) => void} ongo
   */
  constructor(root, here, ongo) {
    this.#root = root;
    this.#here = here;
    this.#ongo = ongo;
    this.#undo = new Undo(here(), isSame);
    for (const way of /** @type {Way[]} */ (["undo", "redo"])) {
      this.#button(way).addEventListener("click", (event) => this.#step(way, event));
    }
    document.addEventListener("keydown", (event) => this.#stepByKey(event));
    root.addEventListener("pointerdown", () => this.#hold(true));
    for (const end of ["pointerup", "pointercancel"]) {
      window.addEventListener(end, () => this.#hold(false));
    }
  }

  /** @param {boolean} isHeld */
  #hold(isHeld) {
    this.#isHeld = isHeld;
  }

  /** The hand rests: what was before can be gone back to. */
  keep() {
    clearTimeout(this.#timer);
    this.#undo.keep(this.#here());
    this.#show();
  }

  /** It moves, and may rest soon; a hand that pauses in a drag does not rest. */
  keepSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => (this.#isHeld ? this.keepSoon() : this.keep()), REST_MS);
    this.#show();
  }

  /** Nothing can be gone back to. */
  forget() {
    clearTimeout(this.#timer);
    this.#undo = new Undo(this.#here(), isSame);
    this.#show();
  }

  #show() {
    this.#button("undo").disabled = !this.#undo.canUndo(this.#here());
    this.#button("redo").disabled = !this.#undo.canRedo;
  }

  /** @param {Way} way */
  #button(way) {
    return find(this.#root, `[data-do=${way}]`, HTMLButtonElement);
  }

  /**
   * @param {Way} way
   * @param {Event} event
   */
  #step(way, event) {
    this.keep();
    const rest = this.#undo[way]();
    if (!rest) return;
    this.#ongo(rest, event);
    this.#show();
  }

  /** @param {KeyboardEvent} event */
  #stepByKey(event) {
    const { ctrlKey, metaKey, altKey, shiftKey, key, target } = event;
    if (!(ctrlKey || metaKey) || altKey || key.toLowerCase() !== "z") return;
    const isText = target instanceof Element && target.closest("input:not([type=range]), textarea");
    if (this.#root.offsetParent === null || isText) return;
    event.preventDefault();
    this.#step(shiftKey ? "redo" : "undo", event);
  }
}
