// Damage to the digit: noise, erased pixels or a turn, and how well the model repairs it.

import { within } from "../../core/address.js";
import { models } from "../../core/boot.js";
import { AREA, pack, packBits, squaredError, unpackBits } from "../../core/bytes.js";
import { number } from "../../core/numbers.js";
import { keep, keepUnsent, openedWith, set } from "../../core/state.js";
import { eraser } from "../../parts/eraser.js";
import { button, fillRange, find, findAll, num, press, text } from "../../parts/nodes.js";

/** @import { Damage, Model, Reconstruction } from "../../core/types.js" */

const USUAL = 0.4; // amount
/** @type {Record<string, string>} */
const TRAINED_ON = { noise: "gaussian", erase: "masking" };

export class DamageKnobs {
  #root;
  #input;
  #amount;
  #buttons;
  #mask;
  #onchange;
  /** @type {Damage | null} */
  #damage = null;

  /**
   * @param {HTMLElement} root of the panel
   * @param {HTMLCanvasElement} input the digit, which can be erased
   * @param {() => void} onchange
   */
  constructor(root, input, onchange) {
    this.#root = root;
    this.#input = input;
    this.#onchange = onchange;
    this.#amount = find(root, "[data-do=amount]", HTMLInputElement);
    this.#buttons = findAll(root, "[data-damage]");
    this.#mask = eraser(input, {
      isOn: () => this.#damage?.kind === "erase",
      onrub: () => this.#choose("erase"),
    });
    for (const each of this.#buttons) {
      each.addEventListener("click", () => {
        this.#mask.clear();
        this.#choose(each.dataset.damage ?? "");
      });
    }
    this.#amount.addEventListener("input", () => {
      fillRange(this.#amount);
      if (this.#damage) this.#choose(this.#damage.kind);
    });
    this.arrive();
  }

  /** What is done to the digit, null where it is left whole. */
  get damage() {
    return this.#damage;
  }

  #isOfLink = false; // the mask belongs to the picture that a link brings

  /** Another picture: its damage is of the same kind, but what was rubbed out stays behind. */
  forNextPicture() {
    if (this.#isOfLink) {
      this.#isOfLink = false;
      return;
    }
    this.#mask.clear();
    if (this.#damage) this.#damage = { ...this.#damage, mask: undefined };
  }

  /** None. */
  clear() {
    this.#mask.clear();
    this.#damage = null;
    this.#press("");
  }

  /** Keep the damage in the link: "noise:0.4", and which pixels are rubbed out. */
  keep() {
    const { kind, amount, mask } = this.#damage ?? {};
    keep({ damage: kind ? `${kind}:${amount}` : null });
    keepUnsent({ mask: mask ? packBits(this.#mask.bytes) : null });
  }

  /** As the address has it. */
  arrive() {
    const [kind, amount] = (openedWith("damage") ?? "").split(":");
    this.clear();
    if (!kind || !this.#buttons.some(({ dataset }) => dataset.damage === kind)) return;
    this.#amount.value = String(within(amount, 0, 1, USUAL));
    fillRange(this.#amount);
    const bits = kind === "erase" ? unpackBits(openedWith("mask"), AREA) : null;
    if (bits) this.#mask.bytes.set(bits);
    this.#isOfLink = bits !== null;
    this.#damage = this.#damageOf(kind);
    this.#press(kind);
  }

  /** @param {string} kind */
  #damageOf(kind) {
    const mask = kind === "erase" && !this.#mask.isEmpty ? { mask: pack(this.#mask.bytes) } : {};
    return { kind, amount: Number(this.#amount.value), seed: 0, ...mask };
  }

  /** @param {string} kind "" for none */
  #choose(kind) {
    this.#damage = kind ? this.#damageOf(kind) : null;
    this.#press(kind);
    this.#onchange();
  }

  /** @param {string} kind */
  #press(kind) {
    this.#amount.disabled = !kind;
    this.#root.classList.toggle("is-erasing", kind === "erase");
    this.#input.tabIndex = kind === "erase" ? 0 : -1;
    press(this.#buttons, ({ dataset }) => dataset.damage === kind);
  }

  /**
   * How near the damaged digit and its repair are to the whole one.
   *
   * @param {Model} model
   * @param {Reconstruction} answer
   */
  showRepair(model, { whole, input, reconstruction }) {
    const place = find(this.#root, ".repair");
    place.hidden = !whole;
    if (!whole) return;
    const [before, after] = [input, reconstruction].map((other) => squaredError(whole, other));
    const isRepaired = after < before;
    const verdict = isRepaired ? "." : ": this damage is beyond the model.";
    const [damaged, repaired] = [before, after].map((error) => num(number(error, 2)));
    place.replaceChildren(
      text`Mean squared error to the whole digit: damaged ${damaged}, repaired ${repaired}${verdict}`,
    );
    const kind = TRAINED_ON[this.#damage?.kind ?? ""];
    const trained = models.find(({ corruption }) => corruption && corruption.kind === kind);
    if (isRepaired || !trained || model.corruption) return;
    const { name } = trained;
    const tryIt = button(`Try ${name}`, { className: "plain" }, () => set({ model: name }));
    place.append(" Some models were trained to repair: ", tryIt);
  }
}
