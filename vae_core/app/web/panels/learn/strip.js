// The strip over the panel at hand: the words of a step, the act that it asks for, and the way on.

import { openPanel } from "../../core/handover.js";
import { keep, openedWith } from "../../core/state.js";
import { attributes, button, make } from "../../parts/nodes.js";
import { onResize } from "../../parts/resized.js";
import { stylesheet } from "../../parts/stylesheet.js";
import { arrange, missing, settled } from "./arrange.js";
import { LESSONS, placeWords } from "./lessons.js";
import { look } from "./look.js";
import { keepProgress } from "./progress.js";

/** @import { Lesson, Look, Setting, Step } from "./types.js" */

const WATCH_MS = 150;

/**
 * The place of a step: its own, or that of the one before it.
 *
 * @param {Step[]} steps
 * @param {number} at
 */
const settingOf = (steps, at) =>
  /** @type {Setting} */ (steps.slice(0, at + 1).findLast((step) => step.at)?.at);

class Strip {
  /** @type {Lesson | null} */
  #lesson = null;
  #at = 0;
  #isThere = false;
  /** @type {Look | null} */
  #before = null;
  /** @type {ReturnType<typeof setInterval> | undefined} */
  #watching;

  constructor() {
    this.title = make("p", { className: "lesson-title small muted" });
    this.words = make("p", { className: "lesson-words" });
    this.ask = make("p", { className: "lesson-ask" });
    this.verdict = attributes(make("p", { className: "lesson-verdict" }), { role: "status" });
    this.back = button("Back", { className: "plain" }, () => this.go(this.#at - 1));
    this.next = button("Next", {}, () => this.#onward());
    this.back.dataset.testid = "lesson-back";
    this.next.dataset.testid = "lesson-next";
    const close = button("Leave the lesson", { className: "plain" }, () => this.close());
    close.dataset.testid = "lesson-close";
    const row = make("div", { className: "row" }, this.next, this.back, close);
    const said = attributes(
      make("div", { className: "lesson-said" }, this.title, this.words, this.ask),
      { "aria-live": "polite" },
    );
    this.element = make(
      "aside",
      { className: "studio lesson" },
      said,
      make("div", { className: "lesson-side" }, this.verdict, row),
    );
    this.element.dataset.testid = "lesson-strip";
    this.element.dataset.of = "mnist";
    this.element.tabIndex = -1;
    attributes(this.element, { "aria-label": "Lesson" });
    onResize(this.element, () => this.#measure());
  }

  /** What else stays in view makes room for it. */
  #measure() {
    const page = document.documentElement;
    page.classList.toggle("in-lesson", !this.element.hidden);
    page.style.setProperty("--lesson", `${this.element.offsetHeight}px`);
  }

  /**
   * @param {Lesson} lesson
   * @param {number} [step]
   */
  start(lesson, step = 0) {
    this.#lesson = lesson;
    document.querySelector("#panels .tab-wrapper")?.after(this.element);
    this.element.hidden = false;
    this.element.focus({ preventScroll: true });
    return this.go(step);
  }

  /** Where the step begins: its own place, or that of the one before it. */
  get #setting() {
    return settingOf(this.#lesson?.steps ?? [], this.#at);
  }

  /**
   * Go on where a link or a page that is loaded again says: what it shows of the step's own place is
   * what the visitor made of it.
   *
   * @param {Lesson} lesson
   * @param {number} step
   */
  resume(lesson, step) {
    const setting = settingOf(lesson.steps, step);
    const [panel, model] = [openedWith("panel"), openedWith("model")];
    this.#isThere = panel === setting.panel && model === setting.model;
    return this.start(lesson, step);
  }

  /** @param {number} at */
  async go(at) {
    const lesson = this.#lesson;
    if (!lesson?.steps[at]) return;
    const goesOn = at === this.#at + 1 && !lesson.steps[at].at && this.#before !== null;
    this.#at = at;
    this.#before = null;
    clearInterval(this.#watching);
    this.#show(lesson, lesson.steps[at]);
    keep({ lesson: placeWords(lesson, at) });
    const lack = missing(this.#setting);
    if (lack) return this.#say(lack, false);
    const counts = () => this.#lesson === lesson && this.#at === at;
    const isThere = this.#isThere;
    this.#isThere = false;
    if (isThere) await settled(this.#setting.panel, counts);
    else if (!goesOn) await arrange(this.#setting, counts);
    if (counts()) this.#watch(lesson.steps[at]);
  }

  /**
   * @param {Lesson} lesson
   * @param {Step} step
   */
  #show(lesson, step) {
    const number = LESSONS.indexOf(lesson) + 1;
    this.title.textContent = `Lesson ${number}: ${lesson.title} · step ${this.#at + 1} of ${lesson.steps.length}`;
    this.words.textContent = step.words();
    this.ask.textContent = step.act.ask;
    attributes(this.element, { "aria-label": `Lesson ${number}: ${lesson.title}` });
    this.element.dataset.step = placeWords(lesson, this.#at);
    this.element.dataset.ready = "false";
    this.back.disabled = this.#at === 0;
    this.#say("", false);
  }

  /**
   * @param {string} words
   * @param {boolean} done
   */
  #say(words, done) {
    this.verdict.textContent = words;
    this.element.dataset.done = String(done);
    this.next.classList.toggle("primary", done);
    const isLast = this.#at === (this.#lesson?.steps.length ?? 0) - 1;
    const onward = isLast ? "Finish" : "Next";
    this.next.textContent = done ? onward : isLast ? "Finish without" : "Skip";
  }

  /** @param {Step} step */
  #watch(step) {
    const before = look();
    this.#before = before;
    this.element.dataset.ready = "true";
    this.#watching = setInterval(() => {
      if (step.act.done(look(), before)) this.#finish();
    }, WATCH_MS);
  }

  #finish() {
    clearInterval(this.#watching);
    if (this.#lesson) keepProgress(this.#lesson.key, this.#at + 1);
    this.#say("Done.", true);
  }

  #onward() {
    const lesson = this.#lesson;
    if (!lesson) return;
    if (this.#at + 1 < lesson.steps.length) return this.go(this.#at + 1);
    this.close();
    openPanel("learn");
  }

  close() {
    clearInterval(this.#watching);
    this.#lesson = null;
    this.#before = null;
    this.element.hidden = true;
    keep({ lesson: null });
  }
}

/** @type {Promise<Strip> | null} */
let strip = null;

/** The one strip of the page, with its looks. */
export function lessonStrip() {
  strip ??= stylesheet(new URL("../learn.css", import.meta.url).toString()).then(() => new Strip());
  return strip;
}
