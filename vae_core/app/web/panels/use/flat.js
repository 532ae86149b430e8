// Flat maps: what is left of who is near whom when digits have two numbers each.

import { call } from "../../core/calls.js";
import { fixed } from "../../core/numbers.js";
import { state } from "../../core/state.js";
import { attributes, bold, button, find, make, num, press, text } from "../../parts/nodes.js";
import { Scatter } from "./scatter.js";
import { share } from "./words.js";

/** @import { Flattened, Laid, Setting, Use } from "./types.js" */

const PLANES = { pca: "PCA", tsne: "t-SNE" };
const LIMIT =
  "Two numbers are few: PCA keeps the two directions along which digits differ most, which need not be those that tell them apart. t-SNE keeps who is near whom and little else, so that the sizes of clusters and the gaps between them mean nothing; all 10,000 test digits were laid out at once, and a new picture has no place among them. Names come from the digits themselves, each by its ten nearest on the plane: more shown would be nearer, and named a little better.";

const AS_HELD =
  ", where the sliders hold it, as on Map; under this model’s prior that is not the code itself";

/**
 * @param {Setting} setting
 * @returns {Use}
 */
export function flat({ view, server, again }) {
  let plane = "pca";
  const [pixels, code] = [cell("784 pixels"), cell("the code")];
  const choices = Object.entries(PLANES).map(([name, words]) => {
    const made = button(words, {}, () => {
      plane = name;
      mark();
      again();
    });
    made.dataset.plane = name;
    return made;
  });
  const mark = () => press(choices, ({ dataset }) => dataset.plane === plane);
  const group = make("div", { className: "row", role: "group" }, ...choices);
  find(view, ".knobs").append(attributes(group, { "aria-label": "How they are laid out" }), key());
  find(view, ".flat-maps").append(pixels.figure, code.figure);
  find(view, ".limit").textContent = LIMIT;
  mark();
  return {
    ask: async (still, digit) => {
      const asked = { checkpoint: state.model, digit, plane };
      /** @type {Flattened} */
      const answer = await still(call(server, "flatten", asked));
      pixels.show(answer.pixels, answer, "", "");
      code.show(answer.code, answer, answer.reason ?? "", answer.sliders ? AS_HELD : "");
      find(view, ".say").replaceChildren(conclusion(answer, asked.plane));
    },
    clear: () => {
      find(view, ".say").textContent = "";
      for (const each of [pixels, code]) each.forget();
    },
  };
}

/** The digits in the colours of their dots, and the mark of a picture. */
function key() {
  const digits = [...Array(10).keys()].map((digit) => {
    const made = make("b", { className: "num" }, String(digit));
    made.style.color = `var(--class-${digit})`;
    return made;
  });
  const yours = make("span", { className: "is-yours" }, "your picture");
  return make("p", { className: "small muted colours" }, "a dot a digit: ", ...digits, yours);
}

/** @param {string} title */
function cell(title) {
  const canvas = make("canvas", { className: "scatter" });
  const caption = make("figcaption", { className: "small muted" }, bold(title));
  const scatter = new Scatter(canvas);
  const name = (/** @type {string} */ about) =>
    attributes(canvas, { role: "img", "aria-label": `Test digits by ${title}${about}` });
  name("");
  /**
   * @param {Laid | null} laid
   * @param {Flattened} answer
   * @param {string} missing
   * @param {string} how
   */
  const show = (laid, { labels }, missing, how) => {
    canvas.hidden = !laid;
    if (laid) scatter.show(laid, labels);
    const words = laid ? text`${share(laid.right)} named rightly${how}` : missing;
    caption.replaceChildren(text`${bold(title)}: ${[words]}`);
    name(laid ? `, ${fixed(100 * laid.right.value)} % named rightly by their neighbours` : "");
  };
  return {
    show,
    figure: make("figure", {}, canvas, caption),
    forget: () => scatter.forget(),
  };
}

/**
 * @param {Flattened} answer
 * @param {string} plane
 */
function conclusion({ labels, nearest, pixels, code }, plane) {
  const how = plane === "pca" ? "PCA’s two strongest numbers" : "t-SNE’s two numbers";
  const by = code ? text`, of the code ${share(code.right)}` : "";
  const where =
    plane === "pca"
      ? "The cross is your picture."
      : "Your picture has no place here: t-SNE lays out only the digits that it was given.";
  return text`${num(labels.length.toLocaleString("en"))} test digits by ${how}: where colours mix, they no longer tell those digits apart. The ${num(nearest)} nearest dots name ${share(pixels.right)} of the digits rightly where the two are of pixels${[by]}; guessing names ${num("10 %")}. ${where}`;
}
