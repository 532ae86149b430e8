// Undo and redo: from one rest of the hand to the one before. A drag is one step, so is a run of
// keys.

const MOST = 100;

/**
 * @template T what is gone back to
 */
export class Undo {
  /** @type {T[]} */
  #past = [];
  /** @type {T[]} */
  #future = [];
  #rest;
  #isSame;

  /**
   * @param {T} rest where the hand rests
   * @param {(one: T, other: T) => boolean} isSame
   */
  constructor(rest, isSame) {
    this.#rest = rest;
    this.#isSame = isSame;
  }

  /**
   * The hand rests here: what was before can be gone back to.
   *
   * @param {T} now
   */
  keep(now) {
    if (this.#isSame(now, this.#rest)) return;
    this.#past = [...this.#past.slice(-MOST + 1), this.#rest];
    this.#future = [];
    this.#rest = now;
  }

  /** @returns {T | null} the place before, where there is one */
  undo() {
    return this.#step(this.#past, this.#future);
  }

  /** @returns {T | null} the place that was left by `undo` */
  redo() {
    return this.#step(this.#future, this.#past);
  }

  /** @param {T} now */
  canUndo(now) {
    return this.#past.length > 0 || !this.#isSame(now, this.#rest);
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  /**
   * @param {T[]} from
   * @param {T[]} to
   */
  #step(from, to) {
    const next = from.pop();
    if (next === undefined) return null;
    to.push(this.#rest);
    this.#rest = next;
    return next;
  }
}
