// Undo and redo over every panel: two buttons in the header, their keys, and what counts as an act.

import { on } from "../core/events.js";
import { restore, snapshot, state } from "../core/state.js";
import { Steps } from "../core/undo.js";
import { stepWords } from "../core/undo_words.js";
import { attributes, find } from "./nodes.js";

/** @import { Way } from "../core/undo.js" */

const TEXT = "input:not([type=range], [type=checkbox], [type=radio], [type=file]), textarea";
const WAYS = {
  undo: { name: "Undo", done: "Undone", keys: "Ctrl+Z" },
  redo: { name: "Redo", done: "Done again", keys: "Ctrl+Shift+Z or Ctrl+Y" },
};
const MODIFIERS = new Set(["Control", "Shift", "Alt", "Meta", "Tab"]);

class UndoBar {
  #place;
  #spoken;
  #steps = new Steps({ snapshot, restore, panel: () => state.panel });
  #isHeld = false;

  /** @param {HTMLElement} place of the two buttons */
  constructor(place) {
    this.#place = place;
    this.#spoken = find(place, "[role=status]");
    for (const way of this.#ways) this.#button(way).addEventListener("click", () => this.#go(way));
    document.addEventListener("keydown", (event) => this.#goByKey(event));
    this.#watchActs();
    on("mirror", () => this.#show());
    this.#watchPanels();
    this.#float();
    this.#show();
  }

  #watchPanels() {
    let isTravelling = false; // by Back or Forward, which is a step of the panel that it leads to
    on("panel", () => {
      if (isTravelling) return;
      this.#steps.end(); // what a panel sets up as it opens is nobody's act
      this.#show();
    });
    on("given", () => this.#steps.begin());
    on("leave", () => {
      this.#steps.settle();
      isTravelling = true;
    });
    on("arrive", () => {
      isTravelling = false;
      this.#steps.take();
      this.#show();
    });
  }

  /** @returns {Way[]} */
  get #ways() {
    return ["undo", "redo"];
  }

  /** @param {Way} way */
  #button(way) {
    return find(this.#place, `[data-do=${way}]`, HTMLButtonElement);
  }

  #show() {
    this.#steps.settle();
    for (const way of this.#ways) {
      const { name, keys } = WAYS[way];
      const step = this.#steps.next(way);
      const button = this.#button(way);
      attributes(button, { "aria-disabled": step === null });
      button.title = step ? `${name}: ${stepWords(step)} (${keys})` : `${name} (${keys})`;
    }
    this.#place.classList.toggle(
      "is-idle",
      this.#ways.every((way) => !this.#steps.next(way)),
    );
  }

  /** @param {Way} way */
  #go(way) {
    const { name, done } = WAYS[way];
    const step = this.#steps.go(way);
    this.#say(step ? `${done}: ${stepWords(step)}` : `Nothing to ${name.toLowerCase()}`);
    this.#show();
  }

  /** @param {string} words */
  #say(words) {
    const isSame = this.#spoken.textContent === words;
    this.#spoken.textContent = isSame ? `${words}\u00a0` : words; // or it would not be spoken again
  }

  /** @param {KeyboardEvent} event */
  #goByKey(event) {
    const { ctrlKey, metaKey, altKey, shiftKey, target } = event;
    const key = event.key.toLowerCase();
    if (!(ctrlKey || metaKey) || altKey || (key !== "z" && key !== "y")) return;
    if (target instanceof Element && target.closest(TEXT)) return; // it has an undo of its own
    event.preventDefault();
    this.#go(key === "y" || shiftKey ? "redo" : "undo");
  }

  // ------------------------------------------------------------------ acts
  #watchActs() {
    /** @param {string} type @param {(event: any) => void} listener */
    const listen = (type, listener) => window.addEventListener(type, listener, { capture: true });
    listen("pointerdown", (event) => {
      this.#isHeld = true;
      this.#begin(event);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      listen(end, () => {
        this.#isHeld = false;
      });
    }
    // A click of the mouse began with its press.
    listen("click", (event) => event.detail === 0 && this.#begin(event));
    for (const type of ["drop", "paste"]) listen(type, (event) => this.#begin(event));
    for (const type of ["input", "change", "wheel"]) listen(type, (event) => this.#goOn(event));
    listen("keydown", (event) => {
      const isMove = !event.ctrlKey && !event.metaKey && !MODIFIERS.has(event.key);
      if (isMove) this.#goOn(event);
    });
  }

  /**
   * An act, or more of the one before.
   *
   * @param {Event} event
   */
  #goOn(event) {
    if (!this.#isHeld) this.#begin(event, true);
  }

  /**
   * @param {Event} event
   * @param {boolean} [isRun]
   */
  #begin({ target, timeStamp: at }, isRun = false) {
    if (target instanceof Node && this.#place.contains(target)) return;
    this.#steps.begin(target, { at, isRun });
  }

  /** In a corner of the window while the header is out of sight. */
  #float() {
    const seen = new IntersectionObserver(([{ isIntersecting }]) => {
      this.#place.classList.toggle("is-afloat", !isIntersecting);
    });
    seen.observe(this.#place);
  }
}

/** @param {HTMLElement} place */
export const mountUndo = (place) => new UndoBar(place);
