// Comparisons one after the other: each asks for its answer when it comes into view, of the newest
// digit only.

import { on } from "../../core/events.js";
import { requests } from "../../core/requests.js";
import { find, findAll, say } from "../../parts/nodes.js";
import { showWords } from "./cells.js";

/** @import { Comparison } from "./cells.js" */

/**
 * @typedef {object} View
 * @property {HTMLElement} element
 * @property {Comparison} comparison
 * @property {ReturnType<typeof requests>} requests
 * @property {unknown} answered what its answer on show belongs to
 * @property {boolean} isSeen
 * @property {boolean} isWaiting in the queue
 */

export class Views {
  #root;
  #onmove;
  /** @type {Map<string, View>} */
  #views = new Map();
  /** @type {{ digit: string | null }} */
  #subject = { digit: null }; // another object for another digit
  /** @type {Promise<unknown>} */
  #queue = Promise.resolve();
  #watcher = new IntersectionObserver((entries) => this.#seen(entries), {
    rootMargin: "0px 0px 15% 0px",
  });

  /**
   * @param {HTMLElement} root of the panel
   * @param {(name: string | undefined) => void} onmove the first view in sight is another one
   */
  constructor(root, onmove) {
    this.#root = root;
    this.#onmove = onmove;
    const refresh = () => this.refresh();
    document.addEventListener("visibilitychange", refresh);
    on("panel", () => requestAnimationFrame(refresh));
    on("online", refresh);
  }

  /** Base64 of what every model sees. */
  get digit() {
    return this.#subject.digit;
  }

  /**
   * @param {string} name
   * @param {HTMLElement} element
   * @param {Comparison} comparison
   */
  add(name, element, comparison) {
    /** @type {View} */
    const view = {
      element,
      comparison,
      requests: requests({
        about: () => this.#subjectOf(view),
        onerror: (sentence) => say(this.#root, sentence), // it stands until the next digit
      }),
      answered: null,
      isSeen: false,
      isWaiting: false,
    };
    this.#views.set(name, view);
    find(element, "h2").tabIndex = -1;
    this.#watcher.observe(element);
  }

  /** @param {string} name */
  elementOf(name) {
    return this.#views.get(name)?.element ?? null;
  }

  /**
   * Another digit; null for none.
   *
   * @param {string | null} digit
   */
  take(digit) {
    this.#subject = { digit };
    if (digit === null) this.#empty();
    else this.refresh();
  }

  /** @param {string} name of a view whose settings changed */
  outdate(name) {
    const view = this.#views.get(name);
    if (view) view.answered = null;
    this.refresh();
  }

  /** Ask for whatever is in view and out of date, one after the other. */
  refresh() {
    if (this.#isIdle) return;
    for (const view of this.#views.values()) {
      if (view.isWaiting || !this.#isDue(view)) continue;
      view.isWaiting = true;
      this.#queue = this.#queue.then(() => this.#run(view));
    }
  }

  get #isIdle() {
    return document.hidden || !this.#root.isConnected || this.#root.offsetParent === null;
  }

  /**
   * What an answer belongs to: the digit, or nothing that changes.
   *
   * @param {View} view
   */
  #subjectOf({ comparison }) {
    return comparison.needsDigit === false ? this : this.#subject;
  }

  /** @param {View} view */
  #isDue(view) {
    const { comparison, isSeen, answered } = view;
    const hasDigit = comparison.needsDigit === false || this.digit !== null;
    return comparison.ask && isSeen && hasDigit && answered !== this.#subjectOf(view);
  }

  /** @param {View} view */
  async #run(view) {
    view.isWaiting = false;
    if (this.#isIdle || !this.#isDue(view)) return;
    const subject = this.#subjectOf(view);
    const digit = this.digit ?? "";
    view.answered = subject;
    view.element.setAttribute("aria-busy", "true");
    const isShown = await view.requests.ask(async (still) => view.comparison.ask?.(still, digit));
    if (isShown) say(this.#root, null);
    view.element.removeAttribute("aria-busy");
    this.refresh();
  }

  /** @param {IntersectionObserverEntry[]} entries */
  #seen(entries) {
    for (const view of this.#views.values()) {
      const entry = entries.find(({ target }) => target === view.element);
      if (entry) view.isSeen = entry.isIntersecting;
    }
    this.#onmove([...this.#views].find(([, { isSeen }]) => isSeen)?.[0]);
    this.refresh();
  }

  /** Nothing of the digit before stays. */
  #empty() {
    for (const { element, comparison } of this.#views.values()) {
      if (comparison.needsDigit === false) continue;
      for (const canvas of findAll(element, "canvas", HTMLCanvasElement)) {
        canvas.getContext("2d")?.clearRect(0, 0, canvas.width, canvas.height);
      }
      for (const place of findAll(element, ".cell .num")) place.textContent = " ";
      for (const cell of findAll(element, ".best")) cell.classList.remove("best");
      showWords(element, "");
    }
  }
}
