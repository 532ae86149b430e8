// The visitor's models: their cards, what can be done with them, and bringing one again.

import { unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { sentenceOf } from "../../core/errors.js";
import { on } from "../../core/events.js";
import { openPanel } from "../../core/handover.js";
import { fixed, isNumber, number, whole } from "../../core/numbers.js";
import { keepOwnModels, ownModels, visitor } from "../../core/own.js";
import { QUANTITIES } from "../../core/quantities.js";
import { set } from "../../core/state.js";
import { download, readPicture } from "../../parts/files.js";
import { bold, button, find, make, num, text } from "../../parts/nodes.js";

/** @import { Model, Server } from "../../core/types.js" */

const MEGABYTE = 2 ** 20;
const LARGEST = 16 * MEGABYTE; // of a zip, as the server takes it
const ENDINGS = {
  done: "Trained to its last epoch",
  stopped: "Stopped by you",
  time: "Ended when its time was over",
  brought: "Brought as a zip file",
};

export class OwnModels {
  #root;
  #server;
  #say;

  /**
   * @param {HTMLElement} root
   * @param {Server} server
   * @param {(sentence: string | null) => void} say
   */
  constructor(root, server, say) {
    this.#root = root;
    this.#server = server;
    this.#say = say;
    const file = find(root, "[data-do=upload]", HTMLInputElement);
    find(root, "[data-do=bring]").addEventListener("click", () => file.click());
    file.addEventListener("change", () => {
      this.#bring(file.files?.[0]);
      file.value = "";
    });
    on("models", () => this.show());
    this.show();
  }

  /** Ask which there are now. */
  refresh() {
    return this.#take("own_models", {});
  }

  show() {
    const models = ownModels();
    const cards = models.map((model) => this.#card(model));
    find(this.#root, ".own-list").replaceChildren(...cards);
    find(this.#root, ".own-none").hidden = models.length > 0;
  }

  /** @param {Model} model */
  #card(model) {
    const { name, title, recipe, ending, latent_dim: d, parameters = 0 } = model;
    const size = text`${num(whole(d))} ${d === 1 ? "latent" : "latents"}, ${num(whole(parameters))} parameters`;
    const explore = button("Explore it", { className: "primary" }, () => {
      set({ model: name });
      openPanel("explore");
    });
    explore.dataset.do = "explore";
    const fetched = button("Download zip", {}, () => this.#fetch(name));
    fetched.dataset.do = "download";
    const dropped = button("Forget", { className: "plain" }, () =>
      this.#take("drop_own_model", { name }),
    );
    return make(
      "li",
      { className: "card own-card" },
      make("h3", {}, bold(name), ` · ${title}`),
      make("p", { className: "small muted" }, `${words(ending)} (${recipe}): `, size),
      make("p", { className: "small" }, figures(model)),
      make("div", { className: "row" }, explore, fetched, dropped),
    );
  }

  /**
   * Call for what changes the list.
   *
   * @param {string} name
   * @param {object} argument
   */
  async #take(name, argument) {
    try {
      const { models } = await call(this.#server, name, { visitor, ...argument });
      keepOwnModels(models);
      return true;
    } catch (error) {
      this.#say(sentenceOf(error));
      return false;
    }
  }

  /** @param {string} name */
  async #fetch(name) {
    /** @type {Uint8Array<ArrayBuffer>[]} */
    const pieces = [];
    try {
      for (let start = 0, size = 1; start < size; ) {
        const asked = { visitor, name, start };
        const piece = await call(this.#server, "download_own_model", asked);
        const bytes = Uint8Array.from(unpack(piece.data));
        if (!bytes.length) break;
        pieces.push(bytes);
        start += bytes.length;
        size = piece.size;
      }
      download(`${name}.zip`, new Blob(pieces, { type: "application/zip" }));
    } catch (error) {
      this.#say(sentenceOf(error));
    }
  }

  /** @param {File | undefined} file */
  async #bring(file) {
    if (!file) return;
    this.#say(null);
    if (file.size > LARGEST) {
      return this.#say(`The zip file is too large; at most ${LARGEST / MEGABYTE} MB are taken.`);
    }
    try {
      const uri = await readPicture(file);
      await this.#take("upload_own_model", { file: uri.slice(uri.indexOf(",") + 1) });
    } catch (error) {
      this.#say(sentenceOf(error));
    }
  }
}

/** @param {string | undefined} ending */
const words = (ending) => Reflect.get(ENDINGS, ending ?? "") ?? "Trained here";

/**
 * What was measured of a model.
 *
 * @param {Model} model
 */
function figures({ measured, quantity }) {
  if (!measured) return "Nothing was measured here of a model that was brought.";
  const { held_distortion: distortion, held_rate: rate, held_negative_elbo: cost } = measured;
  const unit = QUANTITIES[quantity]?.cost && quantity !== "levels" ? " nats" : "";
  if (!isNumber(rate) || !isNumber(cost)) {
    return text`On digits held out of its training: distortion ${num(number(distortion), "distortion")}, after ${num(whole(measured.step))} steps.`;
  }
  return text`On digits held out of its training: −ELBO ${num(fixed(cost))}${unit} a digit (distortion ${num(fixed(distortion), "distortion")}, rate ${num(fixed(rate), "rate")}), after ${num(whole(measured.step))} steps.`;
}
