// Compression: a picture as bits by bits-back coding, and what all test digits take.

import { call } from "../../core/calls.js";
import { fixed, whole } from "../../core/numbers.js";
import { state } from "../../core/state.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { attributes, bold, find, make, num, text } from "../../parts/nodes.js";
import { tryModel } from "./words.js";

/** @import { Compressed, Setting, Use, WholeSet } from "./types.js" */

const LIMIT =
  "Both sides need the model, a few megabytes that no bit here counts, and must compute the very same numbers: a file is read by the kind of machine that wrote it. A model that prices black and white gets each pixel drawn black or white first; one that prices all 256 levels, as vae-logistic, keeps them. A single picture also carries the bits that chose its code; in a long file those are the bits of the pictures before.";
/** @type {Record<string, string>} */
const DEPTH = { binary: "one bit a pixel", levels: "256 levels" };

/**
 * @param {Setting} setting
 * @returns {Use}
 */
export function compress({ view, server }) {
  const drawn = digitCanvas("Your picture as it is written");
  const rows = make("tbody");
  const caption = make("figcaption", { className: "small muted" });
  build(find(view, ".body"), drawn, caption, rows);
  find(view, ".limit").textContent = LIMIT;
  const words = find(view, ".say");
  return {
    ask: async (still, digit) => {
      const asked = { checkpoint: state.model, digit };
      /** @type {Compressed} */
      const answer = await still(call(server, "compress", asked));
      paint(drawn, answer.picture);
      caption.textContent = answer.coded
        ? "what is written and read back"
        : "what is to be written";
      words.replaceChildren(conclusion(answer), " ", wayOut(view, answer));
      rows.replaceChildren(...table(answer.sets));
    },
    clear: () => {
      words.textContent = "";
    },
  };
}

/**
 * @param {HTMLElement} body
 * @param {HTMLCanvasElement} drawn
 * @param {HTMLElement} caption
 * @param {HTMLElement} rows
 */
function build(body, drawn, caption, rows) {
  const heads = ["all MNIST test digits", "bits a digit", "−ELBO", "difference"].map((each) =>
    attributes(make("th", {}, each), { scope: "col" }),
  );
  const scores = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), rows);
  body.append(make("figure", { className: "made" }, drawn, caption), scores);
}

/** @param {Compressed} answer */
function conclusion({ coded, reason, png, pixels }) {
  if (!coded)
    return text`${reason ?? ""} As a PNG of ${DEPTH[pixels]} it has ${num(whole(png))} bits.`;
  const own = coded.bits - coded.first;
  const back = coded.is_exact ? "it came back bit for bit" : "it did not come back";
  return text`Your picture takes ${num(whole(own))} bits more than the ${num(whole(coded.first))} that chose its code, by ${coded.scheme}, and ${back}. Its −ELBO is ${num(fixed(coded.elbo))} bits; the draw of the code and whole words of 32 bits make the difference. A PNG of ${DEPTH[pixels]} has ${num(whole(png))}.`;
}

/**
 * Another model, where it is this one that codes nothing.
 *
 * @param {HTMLElement} view
 * @param {Compressed} answer
 */
function wayOut(view, { coded, reason, sets }) {
  const isOfModel = !coded && reason?.includes(state.model ?? "");
  return isOfModel ? tryModel(view, byBits(sets)[0]?.name) : "";
}

/** @param {WholeSet[]} sets */
const byBits = (sets) => [...sets].sort((a, b) => a.bits - b.bits);

/** @param {WholeSet[]} sets */
function table(sets) {
  const models = byBits(sets);
  const made = models.map(({ name, bits, elbo, sem, command }) => {
    const change = 100 * (bits / elbo - 1);
    const bound = sem === null ? fixed(elbo) : `${fixed(elbo)} ± ${fixed(sem, 2)}`;
    return row(name, command, [fixed(bits), bound, `${fixed(change, 2)} %`]);
  });
  const [first] = models;
  if (!first) return made;
  const depth = DEPTH[first.pixels];
  const xz = row("xz, all in one", depth, [fixed(first.xz), "", ""]);
  return [...made, xz, row("PNG, a file each", depth, [fixed(first.png), "", ""])];
}

/**
 * @param {string} name
 * @param {string} title
 * @param {string[]} cells
 */
function row(name, title, cells) {
  const head = attributes(make("th", { title }, bold(name)), { scope: "row" });
  return make("tr", {}, head, ...cells.map((each) => make("td", {}, num(each))));
}
