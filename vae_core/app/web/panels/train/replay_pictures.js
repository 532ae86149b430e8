// What a shipped model made after each epoch: the same ten digits rebuilt, and the same draws.

import { digitAt, unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { requests } from "../../core/requests.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { make } from "../../parts/nodes.js";

/** @import { Server } from "../../core/types.js" */
/** @import { Bytes } from "../../core/bytes.js" */

const COUNT = 10;
const MOST_KEPT = 200; // epochs of all models together, 16 KB each

/**
 * @typedef {object} Pictures
 * @property {string} rebuilt ten digits
 * @property {string} draws as many, or none
 */

export class ReplayPictures {
  #root;
  #server;
  #asked = "";
  /** @type {Map<string, Pictures>} */
  #kept = new Map();
  #rows;

  /**
   * @param {HTMLElement} root where they stand
   * @param {Server} server
   * @param {(sentence: string | null) => void} say
   */
  constructor(root, server, say) {
    this.#root = root;
    this.#server = server;
    this.#rows = { rebuilt: row("rebuilt"), draws: row("drawn") };
    const note = make("p", {
      className: "small muted",
      textContent:
        "Pictures of the same recipe and seed, trained once more: the same or nearly so.",
    });
    root.replaceChildren(this.#rows.rebuilt.box, this.#rows.draws.box, note);
    this.requests = requests({ about: () => this.#asked, onerror: say });
  }

  /** None of this model's epochs can be shown. */
  hide() {
    this.#asked = "";
    this.#root.hidden = true;
  }

  /**
   * @param {string} checkpoint
   * @param {number} epoch
   */
  show(checkpoint, epoch) {
    const asked = `${checkpoint} ${epoch}`;
    this.#asked = asked;
    const known = this.#kept.get(asked);
    if (known) return this.#paint(known, epoch);
    this.requests.ask(async (still) => {
      const found = await still(call(this.#server, "training_pictures", { checkpoint, epoch }));
      if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
      this.#kept.set(asked, found);
      this.#paint(found, epoch);
    });
  }

  /**
   * @param {Pictures} pictures
   * @param {number} epoch
   */
  #paint({ rebuilt, draws }, epoch) {
    this.#root.hidden = false;
    fill(this.#rows.rebuilt, unpack(rebuilt), `Ten test digits rebuilt after epoch ${epoch}`);
    fill(this.#rows.draws, unpack(draws), `Ten draws after epoch ${epoch}`);
  }
}

/** @typedef {{ box: HTMLElement, digits: HTMLCanvasElement[] }} Row */

/**
 * @param {string} word
 * @returns {Row}
 */
function row(word) {
  const digits = Array.from({ length: COUNT }, () => digitCanvas());
  const name = make("span", { className: "small muted", textContent: word });
  const box = make("div", { className: "replay-row" });
  box.setAttribute("role", "img");
  box.append(name, ...digits);
  return { box, digits };
}

/**
 * @param {Row} row
 * @param {Bytes} bytes
 * @param {string} words for who listens
 */
function fill({ box, digits }, bytes, words) {
  box.hidden = bytes.length === 0;
  box.setAttribute("aria-label", words);
  if (box.hidden) return;
  for (const [i, canvas] of digits.entries()) paint(canvas, digitAt(bytes, i));
}
