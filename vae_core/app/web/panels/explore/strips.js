// What belongs to the place where the sliders rest: a filmstrip a slider, and what a classifier
// reads. A strip a slider is a hundred decodes: asked for when the hand rests, not while it moves.

import { unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { isOffline } from "../../core/connection.js";
import { requests } from "../../core/requests.js";
import { filmSheet } from "../../draw/films.js";

/** @import { FilmSheet, Film } from "../../draw/films.js" */
/** @import { Reading, Server } from "../../core/types.js" */
/** @import { Still } from "../../core/requests.js" */

const [REST_MS, UNSEEN_MS] = [220, 1000];

/**
 * @typedef {object} StripsOptions
 * @property {Server} server
 * @property {Film} film
 * @property {() => object} place what is asked about: checkpoint, z, label, shown
 * @property {() => boolean} isVisible
 * @property {(reading: Reading | null) => void} onreading
 * @property {(sheet: FilmSheet, dims: number[]) => void} onfilms
 * @property {(sentence: string) => void} onerror
 */

export class Strips {
  #options;
  #requests;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {FilmSheet | null} */
  #sheet = null;

  /** @param {StripsOptions} options */
  constructor(options) {
    this.#options = options;
    this.#requests = requests({ onerror: options.onerror });
  }

  /** The sliders moved: strips and reading of the place before belong to another picture by now. */
  askSoon(pause = REST_MS) {
    this.#requests.drop();
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), pause);
  }

  #ask() {
    const { isVisible } = this.#options;
    if (document.hidden || isOffline() || !isVisible()) return this.askSoon(UNSEEN_MS);
    return this.#requests.ask((still) => this.#answer(still));
  }

  /** @param {Still} still */
  async #answer(still) {
    const { server, place, onreading } = this.#options;
    const answer = await still(call(server, "films", place()));
    onreading(answer.readings?.[0] ?? null);
    if (answer.dims.length) await this.#show(answer, still); // a slow model has no strips
  }

  /**
   * @param {{ pixels: string, dims: number[] }} answer
   * @param {Still} still
   */
  async #show({ pixels, dims }, still) {
    const { film, onfilms } = this.#options;
    const made = filmSheet(unpack(pixels), dims.length, film);
    try {
      const sheet = await still(made);
      this.#sheet?.drop();
      this.#sheet = sheet;
      onfilms(sheet, dims);
    } catch (error) {
      made.then((sheet) => sheet.drop()).catch(() => {});
      throw error;
    }
  }
}
