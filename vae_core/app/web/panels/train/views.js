// What a model shows while it learns: the visitor's digit, draws, codes, and the KL of each latent.

import { digitAt, unpack } from "../../core/bytes.js";
import { fixed, whole } from "../../core/numbers.js";
import { contextOf, digitCanvas, empty, paint } from "../../draw/digit.js";
import { attributes, find, make, num, resize, text } from "../../parts/nodes.js";
import { onResize } from "../../parts/resized.js";
import { paletteOf } from "../map/palette.js";

/** @import { View } from "./types.js" */

const SAMPLES = 16;
const MOST_BARS = 64;
const UNUSED = 0.01; // nats: a latent below says nothing
const LEAST_SCALE = 1; // nats of a full bar, at the least
const EDGE = 12; // pixels around the codes
const SIGN = 600; // weight of the digits that stand for codes

export class Views {
  #root;
  /** @type {HTMLCanvasElement[]} */
  #samples = [];
  /** @type {number[]} */
  #labels = [];
  /** @type {View | null} */
  #shown = null;
  #reach = 0;

  /** @param {HTMLElement} root */
  constructor(root) {
    this.#root = root;
    this.own = find(root, "[data-testid=reconstruction]", HTMLCanvasElement);
    this.codes = find(root, ".codes canvas", HTMLCanvasElement);
    const grid = find(root, ".draws");
    this.#samples = Array.from({ length: SAMPLES }, () => digitCanvas());
    grid.replaceChildren(...this.#samples);
    this.clear();
    onResize(this.codes, () => this.#drawCodes());
    const theme = new MutationObserver(() => this.#drawCodes());
    theme.observe(document.body, { attributeFilter: ["class"] });
  }

  /** Nothing has been learned yet. */
  clear() {
    this.#shown = null;
    this.#reach = 0;
    this.#root.classList.add("unseen");
    for (const canvas of [...this.#samples, this.own]) empty(canvas);
    find(this.#root, ".kl-bars").replaceChildren();
    find(this.#root, ".kl-note").textContent = "";
    this.#drawCodes();
  }

  /**
   * @param {View} view
   * @param {number[]} labels of the digits whose codes are shown
   */
  show(view, labels) {
    this.#shown = view;
    this.#root.classList.remove("unseen");
    this.#labels = labels;
    const bytes = unpack(view.samples);
    for (const [i, canvas] of this.#samples.entries()) paint(canvas, digitAt(bytes, i));
    if (view.own) paint(this.own, view.own);
    this.#drawCodes();
    this.#showKl(view.kl);
  }

  /** @param {number[] | null} kl */
  #showKl(kl) {
    const [bars, note] = [".kl-bars", ".kl-note"].map((each) => find(this.#root, each));
    if (!kl) {
      bars.replaceChildren();
      note.textContent = "This model has no KL for each latent.";
      return;
    }
    const order = kl.map((_, i) => i);
    if (kl.length > MOST_BARS) order.sort((one, other) => kl[other] - kl[one]);
    const shown = order.slice(0, MOST_BARS);
    const most = Math.max(LEAST_SCALE, ...kl);
    resize(bars, shown.length, () => make("li", {}, make("i")));
    for (const [place, latent] of shown.entries()) {
      const bar = /** @type {HTMLElement} */ (bars.children[place]);
      bar.style.setProperty("--share", String(Math.max(0, kl[latent]) / most));
      bar.classList.toggle("asleep", kl[latent] < UNUSED);
      bar.title = `z${latent}: ${fixed(kl[latent], 2)} nats`;
    }
    const awake = kl.filter((each) => each >= UNUSED).length;
    const rest = kl.length > MOST_BARS ? ` The ${MOST_BARS} largest are shown.` : "";
    note.replaceChildren(
      text`${num(whole(awake))} of ${num(whole(kl.length))} latents carry more than ${num(UNUSED)} nats; the highest bar is ${num(fixed(most, 1), "rate")} nats.${rest}`,
    );
    attributes(bars, {
      role: "img",
      "aria-label": `KL of each latent: ${awake} of ${kl.length} carry something`,
    });
  }

  /** Each code as the digit that it stands for, in the colour of its class. */
  #drawCodes() {
    const { codes: canvas } = this;
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (!width) return;
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    const context = contextOf(canvas);
    context.scale(ratio, ratio);
    const palette = paletteOf(canvas);
    context.strokeStyle = palette.of("--line");
    context.beginPath();
    context.moveTo(width / 2, 0);
    context.lineTo(width / 2, height);
    context.moveTo(0, height / 2);
    context.lineTo(width, height / 2);
    context.stroke();
    const places = this.#shown?.codes ?? [];
    const farthest = Math.max(1, ...places.flat().map(Math.abs));
    // It grows at once and shrinks slowly, so that the map does not flutter.
    this.#reach = Math.max(farthest, 0.95 * this.#reach);
    const scale = (Math.min(width, height) / 2 - EDGE) / this.#reach;
    context.font = `${SIGN} 11px ${palette.of("--mono")}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    for (const [i, [across, up]] of places.entries()) {
      const label = this.#labels[i] ?? 0;
      context.fillStyle = palette.classes[label];
      context.fillText(String(label), width / 2 + across * scale, height / 2 - up * scale);
    }
  }
}
