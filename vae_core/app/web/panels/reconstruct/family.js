// The same digit through every model: later than the rest, since it loads every model and nobody
// waits for it.

import { number } from "../../core/numbers.js";
import { modelsByQuantity } from "../../core/quantities.js";
import { requests } from "../../core/requests.js";
import { set, state } from "../../core/state.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { bold, button, find, make, num } from "../../parts/nodes.js";

/** @import { Still } from "../../core/requests.js" */

const PAUSE_MS = 350;
const AT_ONCE = 4; // models a call: between calls, somebody else's turn, or a newer picture's

/**
 * @typedef {object} Member
 * @property {string} name
 * @property {string} reconstruction
 * @property {number} mse
 * @property {number} distortion
 * @property {number | null} rate
 */

export class Family {
  #box;
  #ask;
  #requests;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /**
   * @param {HTMLElement} root of the panel
   * @param {() => unknown} about what is on show: with it go the answers
   * @param {(names: string[]) => Promise<{ models: Member[] }>} ask
   */
  constructor(root, about, ask) {
    this.#box = find(root, ".family");
    this.#ask = ask;
    // The sentence about a refused picture stands above already.
    this.#requests = requests({ about, onerror: () => this.#box.replaceChildren() });
  }

  /** Its digits are of the answer before, and nothing more is asked of that. */
  outdate() {
    this.drop();
    this.#box.setAttribute("aria-busy", "true");
  }

  /** No answer is waited for; what is on show stays. */
  drop() {
    clearTimeout(this.#timer);
    this.#requests.drop();
  }

  clear() {
    this.drop();
    this.#box.replaceChildren();
  }

  askSoon() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#requests.ask((still) => this.#show(still)), PAUSE_MS);
  }

  /** @param {Still} still */
  async #show(still) {
    // Figures of two kinds are never set side by side.
    for (const { key, heads, models, cost } of modelsByQuantity()) {
      const names = models.map(({ name }) => name);
      for (let i = 0; i < names.length; i += AT_ONCE) {
        const answer = await still(this.#ask(names.slice(i, i + AT_ONCE)));
        const row = this.#rowOf(key, heads);
        answer.models.forEach((member, k) => {
          const made = memberButton(member, cost);
          if (row.children[i + k]) row.children[i + k].replaceWith(made);
          else row.append(made);
        });
      }
    }
    this.#box.removeAttribute("aria-busy");
  }

  /**
   * The place for models of one kind.
   *
   * @param {string} quantity
   * @param {string} heading
   */
  #rowOf(quantity, heading) {
    const known = this.#box.querySelector(`[data-quantity="${quantity}"]`);
    if (known) return find(known, "div");
    const row = make("div");
    const group = make("div", {}, make("h3", { textContent: heading }), row);
    group.dataset.quantity = quantity;
    this.#box.append(group);
    return row;
  }
}

/**
 * @param {Member} member
 * @param {((nats: number) => string) | null} cost
 */
function memberButton({ name, reconstruction, mse, distortion, rate }, cost) {
  const canvas = digitCanvas();
  paint(canvas, reconstruction);
  const error = number(mse, 2);
  const words = rate === null || !cost ? `mse ${error}` : cost(distortion + rate);
  const title = `Switch to ${name}: mean squared error ${error} a pixel`;
  const made = button([canvas, bold(name), num(words)], { title }, () => set({ model: name }));
  made.setAttribute("aria-pressed", String(name === state.model));
  return made;
}
