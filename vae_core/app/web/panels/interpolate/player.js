// Play there and back. Who asked for calm gets steps at their own pace instead of motion.

import { attributes } from "../../parts/nodes.js";

const SECONDS = 3; // from A to B
const CALM_MS = 1000; // a step
const calm = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * @typedef {object} PlayerOptions
 * @property {() => number} place 0 to 1
 * @property {(t: number) => void} move
 * @property {() => number} steps of the strip
 * @property {() => boolean} isReady
 */

export class Player {
  #button;
  #options;
  /** @type {{ time: number, direction: number } | null} */
  #playing = null;

  /**
   * @param {HTMLElement} button
   * @param {PlayerOptions} options
   */
  constructor(button, options) {
    this.#button = button;
    this.#options = options;
    button.addEventListener("click", () => {
      if (this.#playing) this.pause();
      else if (options.isReady()) this.#play();
    });
  }

  pause() {
    this.#playing = null;
    attributes(this.#button, { "aria-pressed": false, "aria-label": "Play" });
  }

  #play() {
    const direction = this.#options.place() >= 1 ? -1 : 1;
    this.#playing = { time: performance.now(), direction };
    attributes(this.#button, { "aria-pressed": true, "aria-label": "Pause" });
    requestAnimationFrame((now) => this.#tick(now));
  }

  /** @param {number} now */
  #tick(now) {
    const { place, move, steps } = this.#options;
    if (!this.#playing || !this.#button.isConnected) return;
    const passed = now - this.#playing.time;
    if (passed >= (calm.matches ? CALM_MS : 0)) {
      const span = calm.matches ? 1 / (steps() - 1) : passed / 1000 / SECONDS;
      const t = place() + this.#playing.direction * span;
      if (t >= 1 || t <= 0) this.#playing.direction *= -1;
      this.#playing.time = now;
      move(Math.max(0, Math.min(1, t)));
    }
    requestAnimationFrame((next) => this.#tick(next));
  }
}
