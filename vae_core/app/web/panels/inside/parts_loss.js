// The loss: the distortion pixel by pixel, the rate latent by latent, and their sum.

import { fixed } from "../../core/numbers.js";
import { make, num, text } from "../../parts/nodes.js";
import { figure, inNumbers, inSymbols } from "./formulas.js";
import { MIDDLE, pixelName } from "./places.js";
import { bars, picture } from "./visuals.js";

/** @import { Material, Part } from "./parts.js" */
/** @import { Rate } from "./types.js" */
/** @import { Visual } from "./visuals.js" */

/** The words for what a distortion counts. */
export const UNITS = /** @type {Record<string, string>} */ ({
  binary: "nats",
  "cross-entropy": "nats of cross-entropy",
  density: "nats of a density",
  levels: "nats",
  "squared-error": "half squared error",
});

/**
 * @param {Material} material
 * @returns {Part[]}
 */
export function lossParts(material) {
  const { rate } = material.way;
  if (!rate) return [distortion(material)];
  const code = rate.kl ? latentRate(material, rate, rate.kl) : drawnRate(material, rate);
  return [distortion(material), code, total(material, rate)];
}

/**
 * @param {Material} material
 * @returns {Part}
 */
function distortion({ way, lines, own }) {
  const visual = picture("inside-distortion");
  visual.heat(way.shares);
  return {
    key: "distortion",
    row: "score",
    group: "pixel",
    symbol: "−log p(x|z)",
    hue: "distortion",
    caption: `distortion: ${fixed(way.distortion, 2)}`,
    visual,
    start: MIDDLE,
    describe: (at) => {
      const one = (/** @type {number[]} */ values) => values[values.length > 1 ? at : 0];
      const given = Object.entries(way.parameters).map(([name, values]) => [name, one(values)]);
      const values = { ...Object.fromEntries(given), x: way.x[at] };
      const share = num(figure(way.shares[at]), "distortion");
      const formula = way.formula
        ? text`−log p = ${inSymbols(way.formula)} = ${inNumbers(way.formula, values)} = ${share}`
        : text`−log p of this pixel is ${share}.`;
      return {
        title: `Distortion of pixel ${pixelName(at)}`,
        lines: [
          formula,
          text`All 784 pixels together: ${num(fixed(way.distortion, 2), "distortion")} ${UNITS[way.quantity]}.`,
        ],
        code: [own.pixel, lines("distortion")],
      };
    },
  };
}

/**
 * @param {Material} material
 * @param {Rate} rate
 * @param {number[]} kl
 * @returns {Part}
 */
function latentRate({ way, lines }, rate, kl) {
  const visual = bars(kl, "rate");
  visual.element.dataset.testid = "inside-rate";
  return {
    key: "rate",
    row: "score",
    group: "latent",
    symbol: "KL(q ‖ p)",
    hue: "rate",
    caption: `rate: ${fixed(rate.total, 2)} nats`,
    visual,
    start: 0,
    describe: (at) => {
      const v = way.logvar?.[at] ?? 0;
      const values = { m: way.mean[at], s: Math.exp(v), v };
      return {
        title: `Rate of latent ${at}`,
        lines: [
          text`KL = (m² + σ² − log σ² − 1) ∕ 2 = ${inNumbers("(m^2 + s - v - 1) / 2", values)} = ${num(figure(kl[at]), "rate")} nats`,
          text`All ${num(kl.length)} latents together: ${num(fixed(rate.total, 2), "rate")} nats, whatever ε was.`,
        ],
        code: [lines("kl"), lines("rate-total")],
      };
    },
  };
}

/**
 * A sum on a card of its own, which can be pointed at as a whole.
 *
 * @param {string} words
 * @param {string} testid
 * @returns {Visual}
 */
function card(words, testid) {
  const element = make("span", { className: "visual card-visual num", textContent: words });
  element.dataset.testid = testid;
  return { element, at: () => 0, moved: () => 0, mark: () => {} };
}

/**
 * Where the prior does not factorise, the rate is an estimate at this draw.
 *
 * @param {Material} material
 * @param {Rate} rate
 * @returns {Part}
 */
function drawnRate({ lines }, rate) {
  const [q, p] = [fixed(rate.log_q, 2), fixed(rate.log_prior, 2)];
  return {
    key: "rate",
    row: "score",
    group: "rate",
    symbol: "log q − log p",
    hue: "rate",
    caption: `rate at this draw: ${fixed(rate.total, 2)} nats`,
    visual: card(`${q} − (${p})`, "inside-rate"),
    start: 0,
    describe: () => ({
      title: "Rate at this draw",
      lines: [
        text`log q(z|x) − log p(z) = ${num(q)} − (${num(p)}) = ${num(fixed(rate.total, 2), "rate")} nats`,
        "The prior ties all latents together, so there is no KL a latent. This is a Monte Carlo estimate from one draw: it moves with ε, and its mean over draws is the rate.",
      ],
      code: [lines("log-q"), lines("log-prior"), lines("rate-total")],
    }),
  };
}

/**
 * @param {Material} material
 * @param {Rate} rate
 * @returns {Part}
 */
function total({ way, lines }, rate) {
  const sum = way.distortion + rate.total;
  return {
    key: "elbo",
    row: "score",
    group: "elbo",
    symbol: "−ELBO",
    hue: "sum",
    caption: "distortion + rate",
    visual: card(fixed(sum, 2), "inside-elbo"),
    start: 0,
    describe: () => ({
      title: "Minus the ELBO",
      lines: [
        text`${num(fixed(way.distortion, 2), "distortion")} + ${num(fixed(rate.total, 2), "rate")} = ${num(fixed(sum, 2))}, at this draw.`,
        "The ELBO is a lower bound on log p(x). Training makes this sum small; evaluation reports its mean over the test digits.",
      ],
      code: [lines("elbo")],
    }),
  };
}
