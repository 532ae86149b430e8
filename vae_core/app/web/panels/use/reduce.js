// Features and reduction: a picture by so many principal components, beside models of that size.

import { digitAt, unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { fixed, number, percent, whole } from "../../core/numbers.js";
import { state } from "../../core/state.js";
import { digitCanvas, empty, paint } from "../../draw/digit.js";
import { attributes, bold, fillRange, find, make, num, text } from "../../parts/nodes.js";
import { drawReduction, reductionPlot } from "./reduction_plot.js";
import { share } from "./words.js";

/** @import { Read, Reduced, Setting, Through, Use } from "./types.js" */

const LIMIT =
  "PCA is the best linear map by squared error, and only that: most models here learned from pixels drawn black or white, or by another cost, and a variational one gives its numbers noise. Numbers are not bits either: none is rounded here. Errors are of grey pixels, and PCA’s pictures are kept between black and white as a model’s are. The probe and the neighbours read ten classes; another question may need what a code threw away. On a flat map only neighbours mean something, not distances between clusters.";
/** @type {Record<string, string>} */
const FEATURES = { code: "the code", pca: "as many of PCA", pixels: "784 pixels" };

/**
 * @param {Setting} setting
 * @returns {Use}
 */
export function reduce({ view, server }) {
  const plot = reductionPlot();
  const { pictures, show } = row();
  const { slider, element, say } = knob();
  const reads = make("tbody");
  const table = tableOf(reads);
  build(find(view, ".body"), plot, [element, pictures, table]);
  find(view, ".limit").textContent = LIMIT;
  /** @type {Reduced | null} */
  let answer = null;
  /** @type {string | null} the model that the slider was set for */
  let last = null;
  const draw = () => {
    if (!answer) return;
    const place = Number(slider.value);
    const at = answer.steps[place].numbers;
    const best = bestWithin(answer.models, at);
    say(at);
    drawReduction(plot, answer, at);
    show(answer, place, best);
    find(view, ".say").replaceChildren(conclusion(answer, place, best));
  };
  slider.addEventListener("input", draw);
  return {
    ask: async (still, digit) => {
      const checkpoint = state.model;
      answer = await still(call(server, "reduce", { checkpoint, digit }));
      const chosen = answer?.models.find((each) => each.chosen);
      if (answer && checkpoint !== last && chosen) {
        slider.max = String(answer.steps.length - 1);
        slider.value = String(placeOf(answer, chosen.numbers));
      }
      last = checkpoint;
      if (answer) reads.replaceChildren(...answer.reads.map(line));
      table.hidden = !answer?.reads.length;
      if (answer) find(view, ".measured").replaceChildren(measured(answer));
      draw();
    },
    clear: () => {
      answer = null;
      find(view, ".say").textContent = "";
      show(null, 0, undefined);
      plot.replaceChildren();
    },
  };
}

/**
 * The step of the most components that are no more than `numbers`.
 *
 * @param {Reduced} answer
 * @param {number} numbers
 */
const placeOf = ({ steps }, numbers) => steps.filter((step) => step.numbers <= numbers).length - 1;

/**
 * The measured model of at most so many numbers that loses least of the test digits.
 *
 * @param {Through[]} models
 * @param {number} at
 */
function bestWithin(models, at) {
  const within = models.filter(({ numbers, test }) => numbers <= at && test !== null);
  return within.sort((a, b) => (a.test ?? 0) - (b.test ?? 0))[0];
}

function knob() {
  const slider = make("input", { type: "range", min: "0", max: "25", step: "1", value: "10" });
  attributes(slider, { "data-testid": "components", "aria-label": "Numbers kept" });
  const shown = make("output", { className: "num" });
  const element = make(
    "label",
    { className: "kept" },
    make("span", {}, "numbers kept"),
    slider,
    shown,
  );
  const say = (/** @type {number} */ at) => {
    shown.textContent = whole(at);
    slider.setAttribute("aria-valuetext", `${whole(at)} numbers`);
    fillRange(slider);
  };
  return { slider, element, say };
}

function row() {
  const cells = ["by PCA", "by the model that loses least", "by the chosen model"].map((title) => {
    const canvas = digitCanvas(`Your picture ${title}`);
    const caption = make("figcaption", { className: "small muted" });
    const head = make("span", { className: "small" }, title);
    return { canvas, caption, figure: make("figure", {}, head, canvas, caption) };
  });
  const [byPca, byBest, byChosen] = cells;
  const pictures = make(
    "div",
    { className: "kept-pictures" },
    ...cells.map(({ figure }) => figure),
  );
  /**
   * @param {typeof byPca} cell
   * @param {Through | undefined} model
   * @param {string} missing
   */
  const fill = (cell, model, missing) => {
    if (model) paint(cell.canvas, model.pixels);
    else empty(cell.canvas);
    cell.canvas.hidden = !model && missing !== "";
    const words = model ? lost(model.name, model.numbers, model.error) : missing;
    cell.caption.replaceChildren(words);
  };
  /**
   * @param {Reduced | null} answer
   * @param {number} place
   * @param {Through | undefined} best
   */
  const show = (answer, place, best) => {
    if (!answer) {
      for (const cell of cells) fill(cell, undefined, "");
      return;
    }
    const { numbers, error } = answer.steps[place];
    paint(byPca.canvas, digitAt(unpack(answer.pixels), place));
    byPca.caption.replaceChildren(lost("PCA", numbers, error));
    fill(byBest, best, "No model of so few numbers was measured.");
    fill(
      byChosen,
      answer.models.find((each) => each.chosen),
      answer.reason ?? "",
    );
  };
  return { pictures, show };
}

/**
 * @param {string} name
 * @param {number} numbers
 * @param {number} error
 */
const lost = (name, numbers, error) =>
  text`${bold(name)}, ${num(whole(numbers))} ${numbers === 1 ? "number" : "numbers"}: squared error ${num(number(error))}`;

/**
 * @param {HTMLElement} body
 * @param {SVGElement} plot
 * @param {HTMLElement[]} right
 */
function build(body, plot, right) {
  const key = ["yours", "pca", "models"].map((name) =>
    make("span", { className: `key-of ${name}` }, KEYS[name]),
  );
  const caption = make("figcaption", { className: "small muted keys" }, ...key);
  body.append(
    make("figure", { className: "plot" }),
    make("div", { className: "scores" }, ...right),
  );
  find(body, ".plot").append(plot, caption);
}

/** @type {Record<string, string>} */
const KEYS = {
  yours: "your picture by PCA",
  pca: "test digits by PCA",
  models: "test digits by a model, the larger dot the chosen one",
};

/** @param {HTMLElement} rows */
function tableOf(rows) {
  const heads = [
    "error on test digits",
    "linear probe",
    "vote of five nearest",
    "of ten on a t-SNE",
  ];
  const cells = heads.map((words) => attributes(make("th", {}, words), { scope: "col" }));
  return make("table", {}, make("thead", {}, make("tr", {}, ...cells)), rows);
}

/** @param {Read} read */
function line({ features, probe, neighbours, tsne }) {
  const head = attributes(make("th", {}, FEATURES[features]), { scope: "row" });
  const onMap = tsne === null ? "–" : `${percent(tsne, 1)} %`;
  const cells = [share(probe), share(neighbours), num(onMap)];
  return make("tr", {}, head, ...cells.map((each) => make("td", {}, each)));
}

/**
 * @param {Reduced} answer
 * @param {number} place
 * @param {Through | undefined} best
 */
function conclusion({ steps, curve }, place, best) {
  const { numbers, error } = steps[place];
  const tested = curve.length ? text`, of the test digits ${num(number(curve[place]))}` : "";
  const kept = text`By ${num(whole(numbers))} of 784 components PCA leaves a squared error of ${num(number(error))} a pixel of your picture${[tested]}.`;
  if (!best) return kept;
  const sem = best.sem === null ? "" : ` ± ${fixed(best.sem, 5)}`;
  return text`${kept} Of the models measured with no more numbers, ${bold(best.name)} loses least of the test digits, ${num(`${fixed(best.test, 5)}${sem}`)}; of yours ${num(number(best.error))}.`;
}

/** @param {Reduced} answer */
function measured({ reads, digits, note, fitted, command }) {
  const how = make("code", {}, command);
  const own = text`PCA of your picture is fitted to the ${num(whole(fitted))} training digits at hand.`;
  const more = note ? ` ${note}` : "";
  if (!reads.length)
    return text`${own} What can be read from this model's code was not measured.${more} ${how}`;
  return text`${own} The figures are of all ${num("60,000")}: errors and their standard errors over ${num(whole(digits))} test digits.${more} ${how}`;
}
