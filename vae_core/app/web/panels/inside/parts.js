// The parts of one picture's way, in order: what each shows, and what is said when one points at it.

import { SIDE, unpack } from "../../core/bytes.js";
import { num, text } from "../../parts/nodes.js";
import { figure, inNumbers } from "./formulas.js";
import { codeParts } from "./parts_code.js";
import { lossParts } from "./parts_loss.js";
import { MIDDLE, pixelName } from "./places.js";
import { maps, picture, valuesOf } from "./visuals.js";

/** @import { Activations, Lines, Sources, Way } from "./types.js" */
/** @import { Visual } from "./visuals.js" */

/**
 * What is said of one place of a part.
 *
 * @typedef {object} Said
 * @property {string} title
 * @property {(Node | string)[]} lines the formula, with numbers beneath
 * @property {Lines[]} code
 */

/**
 * @typedef {object} Part
 * @property {string} key
 * @property {"encode" | "draw" | "decode" | "score"} row
 * @property {string} group parts of one group show the same place
 * @property {string} symbol
 * @property {string} hue class of its quantity's colour
 * @property {string} caption
 * @property {Visual} visual
 * @property {number} start place that is meant when no finer one is
 * @property {(at: number) => Said} describe
 */

/**
 * What the parts are made of.
 *
 * @typedef {{ way: Way, lines: (part: string) => Lines, own: { head: Lines, pixel: Lines } }} Material
 */

/**
 * @param {Way} way
 * @param {Sources} sources
 * @returns {Part[]}
 */
export function partsOf(way, sources) {
  const lines = (/** @type {string} */ part) => sources.parts[way.parts[part] ?? part];
  const material = { way, lines, own: sources.likelihoods[way.likelihood] };
  return [
    input(material),
    ...way.encoder.map((layer, i) => hidden(material, layer, i, "encoder")),
    ...codeParts(material),
    ...way.decoder.map((layer, i) => hidden(material, layer, i, "decoder")),
    output(material),
    made(material),
    ...lossParts(material),
  ];
}

/**
 * @param {Material} material
 * @returns {Part}
 */
function input({ way, lines }) {
  const visual = picture("inside-x");
  visual.grey(way.x);
  const grey = unpack(way.grey);
  return {
    key: "x",
    row: "encode",
    group: "pixel",
    symbol: "x",
    hue: "x",
    caption: way.binary ? "black or white" : "grey levels",
    visual,
    start: MIDDLE,
    describe: (at) => ({
      title: `Pixel ${pixelName(at)}`,
      lines: [
        text`${num(`x = ${figure(way.x[at])}`, "x")}, from a grey of ${num(`${grey[at]} / 255`)}.`,
        way.binary
          ? "This model trains on pixels drawn black or white, white as often as the grey says. The draw is the same for every ε."
          : "This model reads the grey levels as they are.",
      ],
      code: way.binary ? [lines("x")] : [],
    }),
  };
}

/**
 * @param {Material} material
 * @param {Activations} layer
 * @param {number} i
 * @param {"encoder" | "decoder"} net
 * @returns {Part}
 */
function hidden({ lines }, layer, i, net) {
  const [count, height, width] = layer.shape;
  const values = valuesOf(layer);
  const isMaps = layer.shape.length === 3;
  const size = isMaps ? `${count} maps of ${height} × ${width}` : `${count} units`;
  /** @param {number} at */
  const where = (at) => {
    if (!isMaps) return `Unit ${at + 1}`;
    const [map, rest] = [Math.floor(at / (height * width)), at % (height * width)];
    return `Map ${map + 1}, row ${Math.floor(rest / width) + 1}, column ${(rest % width) + 1}`;
  };
  return {
    key: `${net}-${i}`,
    row: net === "encoder" ? "encode" : "decode",
    group: `${net}-${i}`,
    symbol: "h",
    hue: "hidden",
    caption: size,
    visual: maps(layer),
    start: 0,
    describe: (at) => ({
      title: `${net === "encoder" ? "Encoder" : "Decoder"}, after ${layer.name}`,
      lines: [
        text`${where(at)} of ${size}: about ${num(figure(values[at]))}.`,
        "White is positive, blue negative. No one chose what a unit stands for; training did.",
      ],
      code: [lines(net)],
    }),
  };
}

/**
 * @param {Material} material
 * @returns {Part}
 */
function output(material) {
  const { way, lines } = material;
  const several = way.channels.length;
  if (several > 2) return features(material);
  const [symbol, caption, values] = way.parameters.l
    ? ["l", "logits", way.parameters.l]
    : [
        "out",
        several > 1 ? `first of ${several} numbers a pixel` : "output",
        valuesOf(way.channels[0]),
      ];
  const visual = picture("inside-out");
  visual.signed(values);
  return {
    key: "out",
    row: "decode",
    group: "pixel",
    symbol,
    hue: "recon",
    caption,
    visual,
    start: MIDDLE,
    describe: (at) => ({
      title: `The decoder's output, pixel ${pixelName(at)}`,
      lines: [
        text`${num(`${symbol} = ${figure(values[at])}`, "recon")}: what the decoder's last layer gives, before p(x|z) makes a distribution of it.`,
      ],
      code: [lines("decode")],
    }),
  };
}

/**
 * A decoder that gives features, which the likelihood's own net reads.
 *
 * @param {Material} material
 * @returns {Part}
 */
function features({ way, lines }) {
  const count = way.channels.length;
  return {
    key: "out",
    row: "decode",
    group: "out",
    symbol: "out",
    hue: "recon",
    caption: `${count} features a pixel`,
    visual: maps(joined(way.channels)),
    start: 0,
    describe: () => ({
      title: "The decoder's output",
      lines: [
        `${count} features a pixel. The likelihood's own net reads them together with the pixels of x before each pixel, and gives its logit.`,
      ],
      code: [lines("decode")],
    }),
  };
}

/** @param {Activations[]} channels */
const joined = (channels) => {
  const scale = Math.max(...channels.map((each) => each.scale));
  const bytes = channels.flatMap((each) =>
    valuesOf(each).map((value) => Math.round((127 * value) / scale) & 255),
  );
  const values = btoa(bytes.map((byte) => String.fromCharCode(byte)).join(""));
  return { name: "features", shape: [channels.length, SIDE, SIDE], scale, values };
};

/**
 * The mean of p(x|z).
 *
 * @param {Material} material
 * @returns {Part}
 */
function made({ way, own }) {
  const visual = picture("inside-pixels");
  visual.grey(way.pixels);
  const logits = way.parameters.l;
  return {
    key: "pixels",
    row: "decode",
    group: "pixel",
    symbol: "E[x|z]",
    hue: "recon",
    caption: logits ? "probability of white" : "mean of p(x|z)",
    visual,
    start: MIDDLE,
    describe: (at) => {
      const value = num(`${figure(way.pixels[at])}`, "recon");
      const formula = logits
        ? text`σ(l) = ${inNumbers("1 / (1 + exp(-l))", { l: logits[at] })} = ${value}`
        : text`The mean of p(x|z) here is ${value}.`;
      return {
        title: `Reconstruction, pixel ${pixelName(at)}`,
        lines: [formula, text`The picture has ${num(figure(way.x[at]), "x")} there.`],
        code: [own.head],
      };
    },
  };
}
