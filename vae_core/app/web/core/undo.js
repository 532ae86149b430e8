// Undo and redo: what a person changed of all that a link holds, step by step.
//
// An act (a press, a drag, a run of keys, a picture that is given) is one step: whatever changes
// from its beginning to that of the next one, answers that come late included. What changes by
// itself, when a panel opens or after an undo, is no step. Each panel has steps of its own.

const MOST = 100; // steps of a panel
const RUN_MS = 500; // between two keys, or two turns of a wheel, of one act
// Where one is, and how one looks at it: Back and Forward go there.
const LEFT_OUT = new Set(["panel", "panels", "lesson", "present", "view", "#list"]);

/** @typedef {Map<string, string>} Snapshot */
/** @typedef {Record<string, [string | null, string | null]>} Step by place: before and after */
/** @typedef {"undo" | "redo"} Way */

/**
 * @param {Snapshot} before
 * @param {Snapshot} after
 * @returns {Step | null} null where they are the same
 */
export function difference(before, after) {
  /** @type {Step} */
  const step = {};
  for (const place of new Set([...before.keys(), ...after.keys()])) {
    const [was, is] = [before.get(place) ?? null, after.get(place) ?? null];
    if (was !== is && !LEFT_OUT.has(place)) step[place] = [was, is];
  }
  return Object.keys(step).length ? step : null;
}

/**
 * Two steps as one.
 *
 * @param {Step} one
 * @param {Step} next
 * @returns {Step | null} null where all is as it was
 */
export function joined(one, next) {
  const both = { ...one };
  for (const [place, [was, is]] of Object.entries(next)) {
    both[place] = [place in one ? one[place][0] : was, is];
  }
  const changed = Object.entries(both).filter(([, [was, is]]) => was !== is);
  return changed.length ? Object.fromEntries(changed) : null;
}

/** The steps of one panel. */
class Past {
  /** @type {Step[]} */
  undo = [];
  /** @type {Step[]} */
  redo = [];

  /** @param {Step} step */
  add(step) {
    this.undo = [...this.undo.slice(-MOST + 1), step];
    this.redo = [];
  }

  /**
   * The last step went on.
   *
   * @param {Step} more
   * @returns {boolean} whether it is still one
   */
  grow(more) {
    const last = this.undo.pop();
    const both = last ? joined(last, more) : more;
    if (both) this.undo.push(both);
    return both !== null;
  }
}

/**
 * @typedef {object} StepsOptions
 * @property {() => Snapshot} snapshot
 * @property {(changes: Record<string, string | null>) => void} restore
 * @property {() => string} panel the one on show
 */

/** @typedef {{ panel: string, target: unknown, at: number, isStep: boolean }} Act */

export class Steps {
  /** @type {Map<string, Past>} */
  #pasts = new Map();
  #options;
  #rest;
  /** @type {Act | null} */
  #act = null;

  /** @param {StepsOptions} options */
  constructor(options) {
    this.#options = options;
    this.#rest = options.snapshot();
  }

  /**
   * Somebody does something.
   *
   * @param {unknown} [target] what it is done to
   * @param {{ at?: number, isRun?: boolean }} [how] at: milliseconds; isRun: the next one of its kind
   *   soon after belongs to it
   */
  begin(target = null, { at = 0, isRun = false } = {}) {
    const last = this.#act;
    if (isRun && last && last.target === target && at - last.at < RUN_MS) {
      last.at = at;
      return;
    }
    this.settle();
    this.#act = { panel: this.#options.panel(), target, at, isStep: false };
  }

  /** What has changed since the last act was one of its own, of the panel that is on show now. */
  take() {
    this.#act = { panel: this.#options.panel(), target: null, at: 0, isStep: false };
    this.settle();
  }

  /** What changes from here on is nobody's act. */
  end() {
    this.#act = null;
  }

  /** Take down what has changed. */
  settle() {
    const now = this.#options.snapshot();
    const change = difference(this.#rest, now);
    this.#rest = now;
    const act = this.#act;
    if (!change || !act) return;
    const past = this.#pastOf(act.panel);
    if (act.isStep) act.isStep = past.grow(change);
    else {
      past.add(change);
      act.isStep = true;
    }
  }

  /**
   * @param {Way} way
   * @returns {Step | null} the step that was gone; null where there is none
   */
  go(way) {
    this.settle();
    this.end();
    const past = this.#pastOf(this.#options.panel());
    const [from, to] = way === "undo" ? [past.undo, past.redo] : [past.redo, past.undo];
    for (let step = from.pop(); step; step = from.pop()) {
      to.push(step);
      const ends = Object.entries(step).map(([place, [was, is]]) => ({ place, was, is }));
      const aim = ends.map(({ place, was, is }) => ({ place, text: way === "undo" ? was : is }));
      if (aim.every(({ place, text }) => (this.#rest.get(place) ?? null) === text)) continue;
      this.#options.restore(Object.fromEntries(aim.map(({ place, text }) => [place, text])));
      this.#rest = this.#options.snapshot();
      return step;
    }
    return null;
  }

  /**
   * The step that would be gone, null where there is none.
   *
   * @param {Way} way
   */
  next(way) {
    return this.#pastOf(this.#options.panel())[way].at(-1) ?? null;
  }

  /** @param {string} panel */
  #pastOf(panel) {
    const past = this.#pasts.get(panel) ?? new Past();
    this.#pasts.set(panel, past);
    return past;
  }
}
