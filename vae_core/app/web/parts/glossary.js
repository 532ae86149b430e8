// The glossary where its terms are written: a dotted word, explained on hover, focus and tap.
//
// Words stand in text that panels write when they like, so that terms are marked afterwards, when
// the page has nothing else to do. The explanation lies over the page and shifts nothing.

import { TERMS } from "../core/glossary.js";
import { make } from "./nodes.js";

const PROSE = ".studio :is(p, li, dt, dd, figcaption, th, td, h2, h3, .facts, .lesson-words)";
const LEFT_OUT =
  "button, a, label, summary, select, pre, code, svg, [data-tip], .term, [role=status], .sr-only, .glossary";
const ROOM = 8; // pixels between a word and its explanation, and from it to the edge
const IDLE_MS = 400;

/** @type {Map<string, string>} a way of writing it, in small letters -> the term */
const written = new Map();
for (const [term, { also = [] }] of Object.entries(TERMS)) {
  for (const word of [term, ...also]) written.set(word.toLowerCase(), term);
}
/** Abbreviations count in capitals alone: "is" is no "IS". */
const exact = new Set(Object.keys(TERMS).filter((term) => term === term.toUpperCase()));
const escaped = [...written.keys()]
  .sort((one, other) => other.length - one.length)
  .map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
const ANY = new RegExp(`(?<![\\p{L}\\p{N}_-])(?:${escaped.join("|")})(?![\\p{L}\\p{N}_-])`, "giu");

/**
 * The terms in a text, in order: where each begins, as it is written, and which it is.
 *
 * @param {string} text
 */
export function termsIn(text) {
  const found = [...text.matchAll(ANY)].map(({ 0: word, index }) => ({
    index,
    word,
    term: written.get(word.toLowerCase()) ?? "",
  }));
  return found.filter(({ word, term }) => !exact.has(term) || word === word.toUpperCase());
}

/**
 * Mark the terms of one text node.
 *
 * @param {Text} node
 */
function mark(node) {
  const { data, parentElement: parent } = node;
  if (!parent?.closest(PROSE) || parent.closest(LEFT_OUT)) return;
  const found = termsIn(data);
  if (!found.length) return;
  const panel = parent.closest(".studio");
  /** @type {(Node | string)[]} */
  const parts = [];
  let at = 0;
  for (const { index, word, term } of found) {
    parts.push(data.slice(at, index), element(word, term, panel));
    at = index + word.length;
  }
  parts.push(data.slice(at));
  node.replaceWith(...parts.filter((part) => part !== ""));
}

/**
 * Every place can be pointed at; the Tab key stops at the first of a panel alone.
 *
 * @param {string} word
 * @param {string} term
 * @param {Element | null} panel
 */
function element(word, term, panel) {
  const made = make("span", { className: "term", textContent: word, tabIndex: -1 });
  made.dataset.term = term;
  const known = panel?.querySelector(`.term[data-term="${CSS.escape(term)}"][tabindex="0"]`);
  if (!known) made.tabIndex = 0;
  return made;
}

/** @param {Node} root */
function markAll(root) {
  if (!root.isConnected) return;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  /** @type {Text[]} */
  const texts = root instanceof Text ? [root] : [];
  while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
  for (const each of texts) mark(each);
}

/** Mark what is there, and whatever is written later. */
function watch() {
  /** @type {Set<Node>} */
  const due = new Set();
  const work = () => {
    const roots = [...due];
    due.clear();
    for (const root of roots) markAll(root);
    watcher.takeRecords(); // its own marks
  };
  const soon =
    window.requestIdleCallback ?? ((/** @type {() => void} */ job) => setTimeout(job, 100));
  const watcher = new MutationObserver((records) => {
    if (!due.size) soon(work, { timeout: IDLE_MS });
    for (const { addedNodes, target } of records) {
      for (const added of addedNodes.length ? addedNodes : [target]) due.add(added);
    }
  });
  markAll(document.body);
  watcher.observe(document.body, { childList: true, subtree: true, characterData: true });
}

class Tip {
  /** @type {HTMLElement | null} */
  #word = null;

  constructor() {
    this.element = make("div", { className: "glossary", id: "glossary", hidden: true });
    this.element.setAttribute("role", "tooltip");
    document.body.append(this.element);
    document.addEventListener("pointerover", (event) => this.#over(event));
    document.addEventListener("focusin", (event) => this.#focus(event));
    document.addEventListener("pointerdown", (event) => this.#down(event));
    document.addEventListener("keydown", (event) => this.#key(event), true);
    document.addEventListener("scroll", () => this.#follow(), { capture: true, passive: true });
  }

  /** @param {EventTarget | null} target */
  #termAt(target) {
    const found = target instanceof Element && target.closest(".term");
    return found instanceof HTMLElement ? found : null;
  }

  /** @param {PointerEvent} event */
  #over({ target, pointerType }) {
    if (pointerType === "touch") return;
    const word = this.#termAt(target);
    if (word) return this.show(word);
    const isHere = target instanceof Node && this.element.contains(target);
    if (!isHere && this.#word !== document.activeElement) this.hide();
  }

  /** @param {FocusEvent} event */
  #focus({ target }) {
    const word = this.#termAt(target);
    if (word) this.show(word);
    else this.hide();
  }

  /** @param {PointerEvent} event */
  #down({ target, pointerType }) {
    const word = this.#termAt(target);
    const isHere = target instanceof Node && this.element.contains(target);
    if (word) this.show(word);
    else if (!isHere || pointerType === "touch") this.hide();
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.key !== "Escape" || this.element.hidden) return;
    event.stopPropagation();
    this.hide();
  }

  /** @param {HTMLElement} word */
  show(word) {
    if (word === this.#word && !this.element.hidden) return;
    this.hide();
    const term = word.dataset.term ?? "";
    this.element.replaceChildren(make("b", { textContent: term }), " ", TERMS[term]?.says ?? "");
    this.element.hidden = false;
    word.setAttribute("aria-describedby", this.element.id);
    this.#word = word;
    this.#place(word.getClientRects()[0] ?? word.getBoundingClientRect());
  }

  /** The page scrolls under it: it goes along, or away with its word. */
  #follow() {
    const word = this.#word;
    if (!word) return;
    if (word.isConnected) this.#place(word.getClientRects()[0] ?? word.getBoundingClientRect());
    else this.hide();
  }

  /** @param {DOMRect} word */
  #place(word) {
    const { width, height } = this.element.getBoundingClientRect();
    const wide = document.documentElement.clientWidth;
    const left = Math.max(ROOM, Math.min(wide - width - ROOM, word.left));
    const above = word.top - height - ROOM;
    this.element.style.left = `${left}px`;
    this.element.style.top = `${above >= ROOM ? above : word.bottom + ROOM}px`;
  }

  hide() {
    this.#word?.removeAttribute("aria-describedby");
    this.#word = null;
    this.element.hidden = true;
  }
}

/** Explain the terms of the whole page. */
export function mountGlossary() {
  new Tip();
  watch();
}
