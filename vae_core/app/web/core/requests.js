// An answer belongs to the request that asked for it, or it is dropped.
//
// A visitor is faster than the network: by the time an answer comes, another model, another picture
// or a move of the hand may have made it wrong. Whoever asks the server and shows the answer asks
// through here, and never counts requests itself.

import { sentenceOf } from "./errors.js";
import { state } from "./state.js";

/** Leaves a job whose request no longer counts; nobody but `ask` sees it. */
class Dropped extends Error {}

/**
 * Gives the answer, or ends the job where its request no longer counts.
 *
 * @typedef {<T>(promise: Promise<T> | T) => Promise<T>} Still
 */

/**
 * @typedef {object} RequestOptions
 * @property {() => unknown} [about] what an answer belongs to beside its place in the row: when
 *   that has changed, the answer is dropped. The chosen model by default.
 * @property {(sentence: string, error: unknown) => void} [onerror] what went wrong in a request
 *   that still counts; without it such an error leaves `ask`
 * @property {(open: boolean) => void} [onbusy] whether a request that counts is under way
 */

/** Requests of one kind, of which only the newest counts. */
class Requests {
  #newest = 0;
  #open = 0; // the request under way that counts, or 0
  #about;
  #onerror;
  #onbusy;

  /** @param {RequestOptions} options */
  constructor({ about = () => state.model, onerror, onbusy }) {
    this.#about = about;
    this.#onerror = onerror;
    this.#onbusy = onbusy;
  }

  /** Whether a request that counts is under way. */
  get open() {
    return this.#open !== 0;
  }

  /** The visitor did something else meanwhile: nothing that is under way counts. */
  drop() {
    this.#newest++;
    this.#settle(this.#open);
  }

  /**
   * Run a job, and drop the one before.
   *
   * @param {(still: Still) => Promise<unknown>} job
   * @returns {Promise<boolean>} whether it came to its end
   */
  async ask(job) {
    this.drop();
    const request = ++this.#newest;
    const subject = this.#about();
    const counts = () => request === this.#newest && subject === this.#about();
    this.#open = request;
    this.#onbusy?.(true);
    try {
      await job(stillWhile(counts));
      return counts();
    } catch (error) {
      if (error instanceof Dropped || !counts()) return false;
      if (!this.#onerror) throw error;
      this.#onerror(sentenceOf(error), error);
      return false;
    } finally {
      this.#settle(request);
    }
  }

  /** @param {number} request */
  #settle(request) {
    if (!this.#open || this.#open !== request) return;
    this.#open = 0;
    this.#onbusy?.(false);
  }
}

/**
 * @param {() => boolean} counts
 * @returns {Still}
 */
function stillWhile(counts) {
  return async (promise) => {
    try {
      const answer = await promise;
      if (counts()) return answer;
    } catch (error) {
      if (counts()) throw error;
    }
    throw new Dropped();
  };
}

/** @param {RequestOptions} [options] */
export const requests = (options = {}) => new Requests(options);
