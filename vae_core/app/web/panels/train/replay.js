// How the shipped models were trained, epoch by epoch, under a scrubber.

import { within } from "../../core/address.js";
import { models } from "../../core/boot.js";
import { call } from "../../core/calls.js";
import { on } from "../../core/events.js";
import { fixed, isNumber, number, whole } from "../../core/numbers.js";
import { QUANTITIES } from "../../core/quantities.js";
import { requests } from "../../core/requests.js";
import { keep, openedWith, state } from "../../core/state.js";
import { fillRange, find, make, num, text } from "../../parts/nodes.js";
import { Curves, keyOf, spotsOfHistory } from "./curves.js";
import { ReplayPictures } from "./replay_pictures.js";

/** @import { Server } from "../../core/types.js" */
/** @import { Epoch } from "./types.js" */

export class Replay {
  #root;
  #chooser;
  #range;
  #curves;
  /** @type {Epoch[]} */
  #epochs = [];
  #isTest = true;
  #pictured = 0;
  #pictures;
  #server;

  /**
   * @param {HTMLElement} root
   * @param {Server} server
   * @param {(sentence: string | null) => void} say
   */
  constructor(root, server, say) {
    this.#root = root;
    this.#server = server;
    this.#chooser = find(root, "[name=history]", HTMLSelectElement);
    this.#range = find(root, "[name=epoch]", HTMLInputElement);
    this.#chooser.replaceChildren(
      ...models.map(({ name, title }) =>
        make("option", { value: name, title }, `${name} · ${title}`),
      ),
    );
    this.#curves = new Curves(find(root, ".replay-curve"), "How a shipped model was trained");
    const key = keyOf(this.#curves, "bold: test digits, dashed: training digits");
    find(root, ".replay-keys").append(key);
    this.#pictures = new ReplayPictures(find(root, ".replay-pictures"), server, say);
    this.requests = requests({ about: () => this.#chooser.value, onerror: say });
    this.#chooser.addEventListener("change", () => this.load());
    this.#range.addEventListener("input", () => this.#show());
    on("model", () => this.#keep());
    this.open();
  }

  /** What the address says, else the chosen model to its end. */
  open() {
    const asked = openedWith("history") ?? state.model;
    const known = models.find(({ name }) => name === asked) ?? models[0];
    this.#chooser.value = known.name;
    this.load(within(openedWith("epoch"), 1, 10000, null, { whole: true }));
  }

  /** @param {number | null} [epoch] to stand at; the last one by default */
  load(epoch = null) {
    this.requests.ask(async (still) => {
      const asked = { checkpoint: this.#chooser.value };
      try {
        const found = await still(call(this.#server, "training_history", asked));
        [this.#epochs, this.#isTest] = [found.epochs, found.on_test];
        this.#pictured = found.pictured;
      } catch (error) {
        [this.#epochs, this.#pictured] = [[], 0];
        this.#show();
        throw error;
      }
      this.#range.max = String(this.#epochs.length);
      this.#range.value = String(epoch ?? this.#epochs.length);
      this.#show();
    });
  }

  #show() {
    const place = Number(this.#range.value);
    const epoch = this.#epochs[place - 1];
    const count = this.#epochs.length;
    this.#range.disabled = !count;
    fillRange(this.#range);
    this.#range.setAttribute("aria-valuetext", epoch ? `epoch ${epoch.epoch} of ${count}` : "none");
    const quantity = models.find(({ name }) => name === this.#chooser.value)?.quantity ?? "";
    const spots = spotsOfHistory(this.#epochs);
    const unit = unitOf(quantity);
    this.#curves.show([{ spots, epochs: count }], { unit, cursor: epoch?.epoch ?? null });
    const words = epoch
      ? this.#words(epoch, count)
      : "No history of its training ships with this model.";
    find(this.#root, ".replay-words").replaceChildren(words);
    if (epoch && place <= this.#pictured) this.#pictures.show(this.#chooser.value, place);
    else this.#pictures.hide();
    this.#keep();
  }

  /** The link names no model where it is the chosen one, and no epoch where it is the last. */
  #keep() {
    const [place, count] = [Number(this.#range.value), this.#epochs.length];
    const isUsual = place === count;
    const name = this.#chooser.value;
    keep({
      history: name === state.model ? null : name,
      epoch: isUsual || !count ? null : String(place),
    });
  }

  /**
   * @param {Epoch} epoch
   * @param {number} count
   */
  #words(epoch, count) {
    const { held_distortion: distortion, held_rate: rate, seconds, beta } = epoch;
    const digits = this.#isTest ? "test digits" : "digits held out";
    const at = text`Epoch ${num(whole(epoch.epoch))} of ${num(whole(count))}`;
    const time = isNumber(seconds) ? text`, after ${num(fixed(seconds / 60))} minutes` : "";
    if (!isNumber(rate)) {
      return text`${at}${time}: the distortion of ${digits} is ${num(number(distortion), "distortion")}.`;
    }
    const weight = isNumber(beta) ? text`, at beta ${num(number(beta, 2))}` : "";
    return text`${at}${time}${weight}: on ${digits} distortion ${num(fixed(distortion), "distortion")}, rate ${num(fixed(rate), "rate")}, −ELBO ${num(fixed((distortion ?? Number.NaN) + rate))}.`;
  }
}

/**
 * What the numbers at the side of a plot count.
 *
 * @param {string | null} quantity
 */
export function unitOf(quantity) {
  if (quantity === "squared-error") return "squared error";
  if (quantity === "density") return "−log density";
  return QUANTITIES[quantity ?? ""] ? "nats a digit" : "";
}
