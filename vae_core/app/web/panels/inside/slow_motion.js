// One training step on this picture, taken by a copy of the model, one stage at a time.

import { call } from "../../core/calls.js";
import { fixed, number, signed } from "../../core/numbers.js";
import { requests } from "../../core/requests.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { attributes, button, make, num, text } from "../../parts/nodes.js";
import { UNITS } from "./parts_loss.js";
import { bars, picture, valuesOf } from "./visuals.js";

/** @import { Server } from "../../core/types.js" */
/** @import { Step, Way } from "./types.js" */

const STAGES = ["Loss", "Gradient", "Change of the weights", "New loss"];
const SIZES = { 0.001: "0.1 %", 0.01: "1 %", 0.05: "5 %", 0.25: "25 %" };

export class SlowMotion {
  #server;
  #place;
  #stage = 0;
  /** @type {Way | null} */
  #way = null;
  /** @type {Step | null} */
  #step = null;

  /**
   * @param {Server} server
   * @param {() => object} place
   */
  constructor(server, place) {
    this.#server = server;
    this.#place = place;
    this.stages = make("ol", { className: "stages" });
    this.kind = this.#choice("Kind of step", {
      sgd: "plain gradient descent",
      adam: "Adam, its first step",
    });
    this.size = this.#choice("Size of the step", SIZES);
    this.size.value = "0.01";
    this.next = button("Take one step", { className: "primary" }, () => this.#onward());
    this.next.dataset.testid = "step-next";
    this.note = attributes(make("p", { className: "small muted" }), { role: "status" });
    this.element = make(
      "section",
      { className: "slow-motion" },
      make("h2", {}, "One training step, in slow motion"),
      make(
        "p",
        { className: "explain muted" },
        "A copy of the model learns from this one picture, at this ε, and is then thrown away. The step size is set so that the loss would fall by the share you choose if it were a straight line; where the true fall differs, it is not.",
      ),
      make("div", { className: "row" }, this.kind, this.#sized(), this.next),
      this.note,
      this.stages,
    );
    this.requests = requests({
      onerror: (words) => this.#say(words),
      onbusy: (busy) => attributes(this.element, { "aria-busy": busy }),
    });
  }

  #sized() {
    const words = make("span", {}, "straight-line fall");
    this.sized = make("label", { className: "switch" }, words, this.size);
    return this.sized;
  }

  /**
   * @param {string} label
   * @param {Record<string, string>} options
   */
  #choice(label, options) {
    const made = make(
      "select",
      {},
      ...Object.entries(options).map(([value, textContent]) =>
        make("option", { value, textContent }),
      ),
    );
    made.addEventListener("change", () => {
      if (this.sized) this.sized.hidden = this.kind.value === "adam";
      this.#begin();
    });
    return attributes(made, { "aria-label": label });
  }

  /** @param {string} words */
  #say(words) {
    this.note.textContent = words;
  }

  /** Nothing to step on. */
  forget() {
    this.#way = null;
    this.#begin();
  }

  /** @param {Way} way */
  show(way) {
    this.#way = way;
    this.#begin();
  }

  #begin() {
    this.requests.drop();
    this.#step = null;
    this.#stage = 0;
    this.stages.replaceChildren();
    this.#say("");
    this.next.disabled = !this.#way;
    this.next.textContent = "Take one step";
  }

  async #onward() {
    if (this.#step) return this.#reveal(this.#step);
    await this.requests.ask(async (still) => {
      const asked = {
        ...this.#place(),
        optimiser: this.kind.value,
        share: Number(this.size.value),
      };
      this.#step = await still(call(this.#server, "step", asked));
      this.stages.replaceChildren();
      this.#stage = 0;
      if (this.#step) this.#reveal(this.#step);
    });
  }

  /** @param {Step} step */
  #reveal(step) {
    if (this.#stage === STAGES.length) return this.#begin();
    const build = [loss, gradient, change, newLoss][this.#stage];
    const title = make("h3", { textContent: `${this.#stage + 1}. ${STAGES[this.#stage]}` });
    const stage = make("li", { className: "stage-card card" }, title, ...build(step, this.#way));
    stage.dataset.testid = `step-${this.#stage}`;
    this.stages.append(stage);
    this.#stage += 1;
    const last = this.#stage === STAGES.length;
    this.next.textContent = last ? "Begin again" : `Next: ${STAGES[this.#stage].toLowerCase()}`;
    this.#say(last ? "The copy is gone; the model is as it was." : "");
  }
}

/** @param {Way | null} way */
const unitOf = (way) => UNITS[way?.quantity ?? "binary"];

/**
 * @param {Step} step
 * @param {Way | null} way
 */
function loss({ before, beta, objective, samples }, way) {
  const sum = num(number(before.loss, 5));
  const distortion = num(number(before.distortion, 5), "distortion");
  if (objective === "reconstruction") {
    return [
      make(
        "p",
        {},
        text`${sum} ${unitOf(way)}: the reconstruction's error and what penalties the recipe adds.`,
      ),
    ];
  }
  const rate = num(number(before.rate, 5), "rate");
  if (objective === "iwae") {
    return [
      make(
        "p",
        {},
        text`${sum}: minus the importance-weighted bound from ${num(samples)} draws, this ε the first of them. Mean distortion ${distortion}, mean rate ${rate}.`,
      ),
    ];
  }
  const weight = beta === 1 ? "" : text`${num(beta)} × `;
  return [make("p", {}, text`${distortion} + ${weight}${rate} = ${sum} ${unitOf(way)}`)];
}

/** @param {Step} step */
function gradient(step) {
  const out = picture("step-gradient");
  out.signed(valuesOf(step.out).slice(0, 784));
  const shown = [
    figureOf(out.element, "at the decoder's output: white pixels should give less, blue ones more"),
  ];
  const mean = bars(step.mean, "mean");
  shown.push(figureOf(mean.element, step.logvar ? "at the means" : "at the code"));
  if (step.logvar)
    shown.push(figureOf(bars(step.logvar, "logvar").element, "at the log-variances"));
  return [
    make(
      "p",
      {},
      "How the loss would change with each number, found by going back through the model from its end.",
    ),
    make("div", { className: "step-figures" }, ...shown),
  ];
}

/**
 * @param {HTMLElement} element
 * @param {string} words
 */
const figureOf = (element, words) =>
  make("figure", {}, element, make("figcaption", { className: "small muted", textContent: words }));

/** @param {Step} step */
function change({ layers, learning_rate: rate, optimiser }) {
  const head = ["layer", "weights", "|w|", "|gradient|", "|change|"].map((words) =>
    attributes(make("th", { textContent: words }), { scope: "col" }),
  );
  const rows = layers.map((each) => {
    const figures = [each.parameters, each.weights, each.gradient, each.change];
    const name = attributes(make("th", { textContent: each.name, title: each.kind }), {
      scope: "row",
    });
    return make(
      "tr",
      {},
      name,
      ...figures.map((value, i) =>
        make("td", { className: "num", textContent: i ? exact(value) : fixed(value, 0) }),
      ),
    );
  });
  const words =
    optimiser === "sgd"
      ? text`Every weight moves against its gradient, by ${num(exact(rate))} times it.`
      : text`Adam's first step moves every weight by its learning rate, ${num(exact(rate))}, whatever its gradient's size: on a trained model that is usually too far, and the loss may rise.`;
  const table = make(
    "table",
    {},
    make("thead", {}, make("tr", {}, ...head)),
    make("tbody", {}, ...rows),
  );
  return [
    make("p", {}, words),
    attributes(make("div", { className: "table", tabIndex: 0 }, table), {
      role: "region",
      "aria-label": "Layers",
    }),
  ];
}

/** @param {number} value */
function exact(value) {
  return value !== 0 && Math.abs(value) < 1e-3
    ? value.toExponential(1).replace("-", "−")
    : number(value);
}

/**
 * @param {Step} step
 * @param {Way | null} way
 */
function newLoss(step, way) {
  const { before, after, foretold } = step;
  const moved = after.loss - before.loss;
  const [was, now] = [
    digitCanvas("The reconstruction before the step"),
    digitCanvas("The reconstruction after the step"),
  ];
  paint(was, step.was);
  paint(now, step.picture);
  const words = text`${num(number(before.loss, 5))} → ${num(number(after.loss, 5))} ${unitOf(way)}: a change of ${num(signed(moved, 3))}, where a straight line would give ${num(signed(foretold, 3))}.`;
  return [
    make("p", {}, words),
    make("div", { className: "step-figures" }, figureOf(was, "before"), figureOf(now, "after")),
  ];
}
