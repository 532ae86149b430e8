// What a click on a draw does: opens Explore or Use, draws around it, or watches it come about.

import { linked } from "../../core/state.js";
import { find, findAll, press } from "../../parts/nodes.js";

const FIRST = "explore";
const WATCH = "watch";

export class Clicks {
  #buttons;
  #watch;
  #asked = FIRST;

  /** @param {HTMLElement} root of the panel */
  constructor(root) {
    this.#buttons = findAll(root, "[data-click]");
    this.#watch = find(root, `[data-click=${WATCH}]`);
    const kinds = this.#buttons.map(({ dataset }) => dataset.click ?? FIRST);
    const keep = linked("click", (text) => {
      this.#asked = kinds.find((kind) => kind === text) ?? FIRST;
      this.#show();
    });
    for (const each of this.#buttons) {
      each.addEventListener("click", () => {
        this.#asked = each.dataset.click ?? FIRST;
        keep(this.#asked === FIRST ? null : this.#asked);
        this.#show();
      });
    }
  }

  /** What was asked for, as far as the draws on show allow it. */
  get kind() {
    return this.#asked === WATCH && this.#watch.hidden ? FIRST : this.#asked;
  }

  /**
   * Only a draw that comes step by step can be watched.
   *
   * @param {boolean} can
   */
  allowWatching(can) {
    this.#watch.hidden = !can;
    this.#show();
  }

  #show() {
    press(this.#buttons, ({ dataset }) => dataset.click === this.kind);
  }
}
