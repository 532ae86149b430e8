// The way itself: rows of parts, one of them pointed at, by mouse, finger or keys.

import { attributes, button, make } from "../../parts/nodes.js";
import { showLens } from "./lens.js";
import { partsOf } from "./parts.js";

/** @import { Part } from "./parts.js" */
/** @import { Sources, Way } from "./types.js" */

const ROWS = {
  encode: "Encode",
  draw: "Draw",
  decode: "Decode",
  score: "Score",
};
const ARROWS = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];

export class Flow {
  /** @type {Part[]} */
  #parts = [];
  #points = 0; // so that a lesson sees that one pointed, be it at the same part
  /** @type {{ key: string, at: number | null }} */
  #pointed = { key: "z", at: null };

  /**
   * @param {HTMLElement} rows
   * @param {HTMLElement} lens
   */
  constructor(rows, lens) {
    this.rows = rows;
    this.lens = lens;
  }

  /**
   * Show another way; what was pointed at stays so.
   *
   * @param {Way} way
   * @param {Sources} sources
   */
  show(way, sources) {
    const focused = document.activeElement?.getAttribute("data-part");
    this.#parts = partsOf(way, sources);
    const rows = Object.entries(ROWS).map(([row, title]) => this.#row(row, title));
    this.rows.replaceChildren(...rows.filter((row) => row !== null));
    delete this.lens.dataset.part;
    const part = this.#parts.find(({ key }) => key === this.#pointed.key) ?? this.#parts[0];
    this.#point(part, this.#pointed.at ?? part.start);
    if (focused) this.#elementOf(focused)?.focus({ preventScroll: true });
  }

  /**
   * @param {string} row
   * @param {string} title
   */
  #row(row, title) {
    const parts = this.#parts.filter((part) => part.row === row);
    if (!parts.length) return null;
    const group = make(
      "div",
      { className: "flow-parts" },
      ...parts.map((part) => this.#element(part)),
    );
    const words = make("h3", { textContent: title });
    return make("section", { className: `flow-row ${row}` }, words, group);
  }

  /** @param {Part} part */
  #element(part) {
    const { key, symbol, caption, hue, visual } = part;
    const name = make(
      "span",
      { className: `part-name ${hue}` },
      make("b", { textContent: symbol }),
      " ",
      caption,
    );
    const made = button([visual.element, name], { className: "part" });
    attributes(made, { "data-part": key, "data-testid": `part-${key}`, "aria-pressed": false });
    const pointed = (/** @type {PointerEvent} */ event) => this.#point(part, visual.at(event));
    visual.element.addEventListener("pointermove", pointed);
    visual.element.addEventListener("pointerdown", pointed);
    made.addEventListener("pointerenter", () => this.#point(part, this.#at(part)));
    made.addEventListener("focus", () => this.#point(part, this.#at(part)));
    made.addEventListener("keydown", (event) => this.#key(part, event));
    return made;
  }

  /**
   * The place of a part that is meant: the one of its group that was pointed at.
   *
   * @param {Part} part
   */
  #at(part) {
    const before = this.#parts.find(({ key }) => key === this.#pointed.key);
    const isSame = before?.group === part.group;
    return isSame && this.#pointed.at !== null ? this.#pointed.at : part.start;
  }

  /**
   * @param {Part} part
   * @param {KeyboardEvent} event
   */
  #key(part, event) {
    if (!ARROWS.includes(event.key)) return;
    event.preventDefault();
    this.#point(part, part.visual.moved(this.#at(part), event.key));
  }

  /** @param {string} key */
  #elementOf(key) {
    return /** @type {HTMLElement | null} */ (this.rows.querySelector(`[data-part="${key}"]`));
  }

  /**
   * @param {Part} part
   * @param {number} at
   */
  #point(part, at) {
    this.#pointed = { key: part.key, at };
    this.rows.dataset.points = String(++this.#points);
    for (const each of this.#parts) {
      each.visual.mark(each.group === part.group ? at : null);
      this.#elementOf(each.key)?.setAttribute("aria-pressed", String(each === part));
    }
    showLens(this.lens, part.describe(at), part.key);
  }
}
