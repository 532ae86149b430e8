// A teacher's own list of links into this app, kept in this browser and handed on as one link.
//
// A list arrives from whoever made its link: only the query and the fragment of each entry are kept,
// and its words become text.

import { keepAside, onTravel, openedWith } from "../../core/state.js";
import { attributes, button, make } from "../../parts/nodes.js";

const KEY = "studio-own-list";
const FIELD = "list";
const ASIDE = "links"; // as undo knows it
const [MOST, LONGEST] = [50, 6000];

/** @typedef {{ words: string, to: string }} Entry to: "?query#fragment" */

/**
 * A link into this app as "?query#fragment"; null for any other.
 *
 * @param {string} text
 * @param {string} here
 */
export function within(text, here) {
  try {
    const [url, page] = [new URL(text, here), new URL(here)];
    const isHere = url.origin === page.origin && url.pathname === page.pathname;
    const to = url.search + url.hash;
    const fits = to.startsWith("?") && to.length <= LONGEST;
    return text && isHere && fits ? to : null;
  } catch {
    return null;
  }
}

/**
 * Entries from text; what is none is left out.
 *
 * @param {string | null} text
 * @param {string} here
 * @returns {Entry[]}
 */
export function readList(text, here) {
  try {
    const found = JSON.parse(text ?? "[]");
    if (!Array.isArray(found)) return [];
    return found.slice(0, MOST).flatMap((each) => {
      const to = typeof each?.to === "string" ? within(each.to, here) : null;
      return to ? [{ words: String(each.words ?? "").slice(0, 200), to }] : [];
    });
  } catch {
    return [];
  }
}

/** The list that the address brought, or that was kept. */
function arrived() {
  const given = new URLSearchParams(location.hash.slice(1)).get(FIELD);
  if (given) return { entries: readList(given, location.href), isGiven: true };
  let kept = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // A browser that keeps nothing.
  }
  return { entries: readList(kept, location.href), isGiven: false };
}

export class OwnList {
  /** @type {Entry[]} */
  #entries;

  constructor() {
    const { entries, isGiven } = arrived();
    this.#entries = entries;
    this.list = make("ol", { className: "own-list" });
    this.words = make("input", {
      type: "text",
      name: "words",
      placeholder: "What to see there",
      maxLength: 200,
    });
    this.link = make("input", {
      type: "text",
      name: "link",
      placeholder: "Link to a view, from Explore’s Keep or the address",
    });
    this.note = attributes(make("p", { className: "small muted" }), { role: "status" });
    this.handed = attributes(make("input", { type: "text", readOnly: true, hidden: true }), {
      "aria-label": "Link to this list",
    });
    const add = button("Add", {}, () => this.#add());
    const give = button("Link to this list", {}, () => this.#give());
    add.dataset.testid = "own-add";
    give.dataset.testid = "own-give";
    const field = (/** @type {string} */ label, /** @type {HTMLElement} */ input) =>
      make("label", { className: "field" }, make("span", {}, label), input);
    const about =
      "For a class: put links to views in an order of your own. The list stays in this browser; its link brings it to anyone.";
    this.element = make(
      "section",
      { className: "own-lessons" },
      make("h2", {}, "A list of your own"),
      make("p", { className: "muted" }, about),
      this.list,
      make(
        "div",
        { className: "row own-fields" },
        field("words", this.words),
        field("link", this.link),
        add,
      ),
      make("div", { className: "row" }, give, this.handed),
      this.note,
    );
    if (isGiven) this.#say("This list came with the link. It is kept here once you change it.");
    this.#beUndone();
    this.#show();
  }

  #beUndone() {
    onTravel([ASIDE], () => {
      this.#entries = readList(openedWith(ASIDE), location.href);
      this.#store();
    });
    keepAside(ASIDE, JSON.stringify(this.#entries));
  }

  /** @param {string} words */
  #say(words) {
    this.note.textContent = words;
  }

  #add() {
    const to = within(this.link.value.trim(), location.href);
    if (!to)
      return this.#say(
        "That is no link to a view of this app: copy one from the address, or from Keep in Explore.",
      );
    if (this.#entries.length >= MOST) return this.#say(`A list holds ${MOST} links.`);
    this.#entries.push({ words: this.words.value.trim() || to, to });
    this.words.value = "";
    this.link.value = "";
    this.#changed();
  }

  #changed() {
    keepAside(ASIDE, JSON.stringify(this.#entries));
    this.#store();
  }

  #store() {
    this.#say("");
    try {
      localStorage.setItem(KEY, JSON.stringify(this.#entries));
    } catch {
      this.#say("This browser keeps nothing: take the link to the list.");
    }
    this.#show();
  }

  #show() {
    this.handed.hidden = true;
    this.list.replaceChildren(...this.#entries.map((entry, i) => this.#item(entry, i)));
  }

  /**
   * @param {Entry} entry
   * @param {number} i
   */
  #item({ words, to }, i) {
    const remove = button("Remove", { className: "plain", title: `Remove ${words}` }, () => {
      this.#entries.splice(i, 1);
      this.#changed();
    });
    return make("li", {}, make("a", { href: to, textContent: words }), " ", remove);
  }

  #give() {
    const url = new URL(location.href);
    url.search = "?panel=learn";
    url.hash = new URLSearchParams({ [FIELD]: JSON.stringify(this.#entries) }).toString();
    this.handed.value = url.toString();
    this.handed.hidden = false;
    this.handed.select();
    navigator.clipboard?.writeText(url.toString()).then(
      () => this.#say("The link is copied."),
      () => this.#say("Copy the link."),
    );
  }
}
