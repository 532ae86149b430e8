// The parts between the nets: mean, log-variance, the draw, z, and a flow prior's noise.

import { num, text } from "../../parts/nodes.js";
import { figure, inNumbers } from "./formulas.js";
import { bars } from "./visuals.js";

/** @import { Lines } from "./types.js" */
/** @import { Material, Part } from "./parts.js" */

/**
 * Numbers of a code.
 *
 * @param {object} of
 * @param {string} of.key
 * @param {string} of.symbol
 * @param {string} of.hue
 * @param {string} of.caption
 * @param {number[]} of.values
 * @param {(at: number) => (Node | string)[]} of.lines
 * @param {Lines[]} of.code
 * @param {"encode" | "draw"} [of.row]
 * @returns {Part}
 */
function vector({ key, symbol, hue, caption, values, lines, code, row = "draw" }) {
  const visual = bars(values, hue);
  visual.element.dataset.testid = `inside-${key}`;
  return {
    key,
    row,
    group: "latent",
    symbol,
    hue,
    caption,
    visual,
    start: 0,
    describe: (at) => ({ title: `Latent ${at}`, lines: lines(at), code }),
  };
}

/**
 * @param {Material} material
 * @returns {Part[]}
 */
export function codeParts(material) {
  const { way } = material;
  if (!way.logvar || !way.eps) return [plainCode(material)];
  const flow = way.base ? [base(material, way.base)] : [];
  return [...posterior(material, way.logvar), ...draw(material, way.logvar, way.eps), ...flow];
}

/**
 * @param {Material} material
 * @returns {Part}
 */
function plainCode({ way, lines }) {
  return vector({
    key: "z",
    symbol: "z",
    hue: "z",
    caption: "the code: no noise, nothing to draw",
    values: way.z,
    lines: (at) => [
      text`${num(`z${at} = ${figure(way.z[at])}`, "z")}: the encoder's own output. A plain autoencoder has no log-variance and no draw.`,
    ],
    code: [lines("mean")],
  });
}

/**
 * @param {Material} material
 * @param {number[]} logvar
 */
function posterior({ way, lines }, logvar) {
  const code = [lines("mean")];
  return [
    vector({
      key: "mean",
      row: "encode",
      symbol: "m",
      hue: "mean",
      caption: "mean of q(z|x)",
      values: way.mean,
      lines: (at) => [
        text`${num(`m${at} = ${figure(way.mean[at])}`, "mean")}: output ${num(at + 1)} of the encoder's last layer, where q(z|x) has its centre.`,
      ],
      code,
    }),
    vector({
      key: "logvar",
      row: "encode",
      symbol: "log σ²",
      hue: "logvar",
      caption: "log-variance of q(z|x)",
      values: logvar,
      lines: (at) => [
        text`${num(`log σ² = ${figure(logvar[at])}`, "logvar")}, so σ = ${inNumbers("exp(v / 2)", { v: logvar[at] })} = ${num(figure(Math.exp(logvar[at] / 2)), "logvar")}.`,
        "The encoder gives the logarithm, which may be any number: no variance can turn out negative. Near 0 it says as little as the prior does.",
      ],
      code,
    }),
  ];
}

/**
 * @param {Material} material
 * @param {number[]} logvar
 * @param {number[]} eps
 */
function draw({ way, lines }, logvar, eps) {
  return [
    vector({
      key: "eps",
      symbol: "ε",
      hue: "eps",
      caption: `a draw from N(0, 1), seed ${way.seed}`,
      values: eps,
      lines: (at) => [
        text`${num(`ε${at} = ${figure(eps[at])}`, "eps")}, drawn from N(0, 1) with the seed ${num(way.seed)}. “Draw again” changes these numbers and nothing before them.`,
      ],
      code: [lines("eps")],
    }),
    vector({
      key: "z",
      symbol: "z",
      hue: "z",
      caption: "m + σ ε, what is decoded",
      values: way.z,
      lines: (at) => {
        const sigma = Math.exp(logvar[at] / 2);
        const values = { m: way.mean[at], s: sigma, e: eps[at] };
        return [
          text`z = m + σ · ε = ${inNumbers("m + s * e", values)} = ${num(figure(way.z[at]), "z")}`,
          "Written this way the draw lets gradients through to m and σ: the reparameterisation trick.",
        ];
      },
      code: [lines("z")],
    }),
  ];
}

/**
 * @param {Material} material
 * @param {number[]} values
 */
function base({ lines }, values) {
  return vector({
    key: "base",
    symbol: "u",
    hue: "z",
    caption: "noise that the flow makes z of",
    values,
    lines: (at) => [
      text`${num(`u${at} = ${figure(values[at])}`, "z")}: the flow prior maps all of z at once to noise u, under which p(z) is known exactly. Explore's sliders move u.`,
    ],
    code: [lines("base")],
  });
}
