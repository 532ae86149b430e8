// The ELBO in six steps, each line with its number for this picture.

import { call } from "../../core/calls.js";
import { fixed } from "../../core/numbers.js";
import { requests } from "../../core/requests.js";
import { model } from "../../core/state.js";
import { attributes, button, make, num, text } from "../../parts/nodes.js";
import { codeOf } from "./lens.js";

/** @import { Server } from "../../core/types.js" */
/** @import { Estimate, Evidence, Sources, Way } from "./types.js" */

/**
 * @param {Estimate} estimate
 * @param {string} [hue]
 */
const figure = ({ value, error }, hue = "") =>
  num(error < 1e-4 ? fixed(value, 2) : `${fixed(value, 2)} ± ${fixed(error, 2)}`, hue);

const PLAIN = "A plain autoencoder has no p(x): there is nothing to bound.";
const CHOSEN = "Its encoder chooses one code: −ELBO is what that and the pixels cost.";

export class Derivation {
  #server;
  #place;
  #sources;
  /** @type {Way | null} */
  #way = null;

  /**
   * @param {Server} server
   * @param {() => object} place
   * @param {() => Promise<Sources>} sources
   */
  constructor(server, place, sources) {
    this.#server = server;
    this.#place = place;
    this.#sources = sources;
    this.steps = make("ol", { className: "derivation-steps" });
    this.start = button("Estimate log p(x)", { className: "primary" }, () => this.#derive());
    this.start.dataset.testid = "derive";
    this.note = attributes(make("p", { className: "small muted" }), { role: "status" });
    this.element = make(
      "section",
      { className: "derivation" },
      make("h2", {}, "The ELBO, in six steps"),
      make(
        "p",
        { className: "explain muted" },
        "Where the loss comes from: how probable the model thinks your picture is, the bound that can be computed, and the gap between them, each with this picture's number.",
      ),
      make("div", { className: "row" }, this.start),
      this.note,
      this.steps,
    );
    this.requests = requests({
      onerror: (words) => this.#say(words),
      onbusy: (busy) => {
        attributes(this.element, { "aria-busy": busy });
        if (busy) this.#say("Drawing importance samples …");
      },
    });
  }

  /** @param {string} words */
  #say(words) {
    this.note.textContent = words;
  }

  forget() {
    this.requests.drop();
    this.#way = null;
    this.steps.replaceChildren();
    this.start.disabled = true;
    this.#say("");
  }

  /** @param {Way} way */
  show(way) {
    this.forget();
    this.#way = way;
    this.start.disabled = !way.rate;
    if (!way.rate) this.#say(model()?.has_rate ? CHOSEN : PLAIN);
  }

  #derive() {
    const way = this.#way;
    if (!way) return;
    return this.requests.ask(async (still) => {
      /** @type {[Evidence, Sources]} */
      const [found, sources] = await still(
        Promise.all([call(this.#server, "evidence", this.#place()), this.#sources()]),
      );
      this.#say(remark(found, way));
      this.steps.replaceChildren(...stepsOf(found, way).map((step) => element(step, sources)));
    });
  }
}

/**
 * @param {Evidence} found
 * @param {Way} way
 */
function remark({ draws, effective }, way) {
  const given = way.label === null ? "" : " All of it is given the label, log p(x|y).";
  const loose =
    way.quantity === "cross-entropy"
      ? " Grey pixels under cross-entropy are no likelihood, so that this is no probability of the picture; the steps hold all the same."
      : "";
  return `${draws} draws, worth ${fixed(effective, 0)} of equal weight; ± is one standard error.${given}${loose}`;
}

/**
 * @typedef {object} DerivationStep
 * @property {string} formula
 * @property {Node} words
 * @property {string[]} code
 */

/**
 * @param {Evidence} found
 * @param {Way} way
 * @returns {DerivationStep[]}
 */
function stepsOf(found, way) {
  const { log_p: logP, elbo, distortion, rate, gap, naive, draws } = found;
  const one = way.distortion + (way.rate?.total ?? 0);
  const exact = way.rate?.kl ? ", exact" : "";
  return [
    {
      formula: "log p(x) = log ∫ p(x|z) p(z) dz",
      words: text`What we would like to know. Averaging p(x|z) over ${num(draws)} draws from the prior gives ${figure(naive)}: hardly any draw looks like your picture, so this is far too low.`,
      code: ["naive"],
    },
    {
      formula: "log p(x) = log E_q[ p(x, z) / q(z|x) ]",
      words: text`Draw z where the encoder says instead, and weigh each draw: ${figure(logP)} by importance sampling, from below.`,
      code: ["log-weights", "log-mean"],
    },
    {
      formula: "log p(x) ≥ E_q[ log p(x, z) − log q(z|x) ] = ELBO",
      words: text`The mean of a logarithm is at most the logarithm of the mean (Jensen): the ELBO is ${figure(elbo)}.`,
      code: ["log-weights"],
    },
    {
      formula: "ELBO = E_q[ log p(x|z) ] − KL(q(z|x) ‖ p(z))",
      words: text`Its two halves: a distortion of ${figure(distortion, "distortion")} and a rate of ${figure(rate, "rate")}${exact}.`,
      code: ["distortion", "rate-total"],
    },
    {
      formula: "log p(x) − ELBO = KL(q(z|x) ‖ p(z|x))",
      words: text`The gap, ${figure(gap)}, is how far the encoder's q is from the true posterior. It is never negative.`,
      code: ["gap"],
    },
    {
      formula: "−ELBO ≈ −log p(x|z) + rate, at one z",
      words: text`Training cannot average: it takes one draw. At the ε above that is ${num(fixed(way.distortion, 2), "distortion")} + ${num(fixed(way.rate?.total, 2), "rate")} = ${num(fixed(one, 2))}, the sum at the end of the way.`,
      code: ["elbo"],
    },
  ].map((step) => ({ ...step, code: step.code.map((part) => way.parts[part] ?? part) }));
}

/**
 * @param {DerivationStep} step
 * @param {Sources} sources
 */
function element({ formula, words, code }, sources) {
  const made = make(
    "li",
    {},
    make("p", { className: "formula", textContent: formula }),
    make("p", {}, words),
    ...code.map((part) => codeOf(sources.parts[part])),
  );
  made.dataset.testid = "derivation-step";
  return made;
}
