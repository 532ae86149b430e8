// Anomaly: how odd a picture is to a small model that knows one digit, or all but one.

import { call } from "../../core/calls.js";
import { placeOf } from "../../core/examples.js";
import { fixed, number, percent, whole } from "../../core/numbers.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { attributes, bold, button, find, make, num, text } from "../../parts/nodes.js";
import { chooseKnown } from "./known.js";
import { drawRoc, rocPlot } from "./roc.js";
import { area } from "./words.js";

/** @import { Known } from "./known.js" */
/** @import { Score, Scored, Setting, Use } from "./types.js" */

/** @type {Record<string, string>} */
const NAMES = {
  relative: "squared error, for its ink",
  "squared-error": "squared error",
  "elbo-floor": "−ELBO less the floor",
  elbo: "−ELBO",
};
const FOOLED = 1; // the digit with the least ink
const LIMIT =
  "Each curve goes through all thresholds: up are the odd test digits that score higher than one, across the known ones; the dot is your picture. The scores say how unlike the known digits a picture is, not what it is, and a well-drawn digit of a known kind may still be rare.";

/**
 * @param {Setting} setting
 * @returns {Use}
 */
export function anomaly({ view, server, again, take }) {
  const roc = rocPlot();
  const table = make("tbody");
  const made = digitCanvas("What the small model makes of it");
  const why = make("div", { className: "why" });
  build(view, roc, table, made, why);
  const { chosen, set } = chooseKnown(find(view, ".knobs"), again);
  const fool = button("Leave out the 1, and take a 1", {}, () => {
    set({ mode: "held-out", known: FOOLED });
    take(placeOf(FOOLED, 0));
  });
  fool.dataset.testid = "fool";
  find(view, ".limit").textContent = LIMIT;
  return {
    ask: async (still, digit) => {
      /** @type {Scored} */
      const answer = await still(call(server, "anomaly", { digit, ...chosen }));
      paint(made, answer.reconstruction);
      drawRoc(roc, answer.scores, (name) => NAMES[name]);
      table.replaceChildren(...answer.scores.map(line));
      find(view, ".say").replaceChildren(conclusion(answer, chosen));
      why.replaceChildren(make("p", {}, fooled(answer, chosen)), fool);
      find(view, ".measured").replaceChildren(measured(answer));
    },
    clear: () => {
      find(view, ".say").textContent = "";
      for (const dot of roc.querySelectorAll(".dot")) dot.remove();
      table.replaceChildren();
    },
  };
}

/**
 * @param {HTMLElement} view
 * @param {SVGElement} roc
 * @param {HTMLElement} table
 * @param {HTMLCanvasElement} made
 * @param {HTMLElement} why
 */
function build(view, roc, table, made, why) {
  const heads = ["score", "yours", "known digits below", "AUROC"].map((words) =>
    attributes(make("th", {}, words), { scope: "col" }),
  );
  const scores = make("table", {}, make("thead", {}, make("tr", {}, ...heads)), table);
  const caption = make("figcaption", { className: "small muted" }, "what it makes of your picture");
  const figure = make("figure", { className: "made" }, made, caption);
  find(view, ".body").append(roc, make("div", { className: "scores" }, figure, scores, why));
}

/** @param {Score} score */
function line({ name, score, normal, area: under }) {
  const key = make("th", { className: `key ${name}` }, NAMES[name]);
  const cells = [num(number(score)), num(`${percent(1 - normal, 1)} %`), area(under)];
  return make(
    "tr",
    {},
    attributes(key, { scope: "row" }),
    ...cells.map((each) => make("td", {}, each)),
  );
}

/**
 * @param {Scored} answer
 * @param {Known} chosen
 */
function conclusion({ scores, normal }, { mode, known }) {
  const who = mode === "one" ? `was trained on the digit ${known} alone` : `never saw a ${known}`;
  const share = num(`${percent(1 - scores[0].normal, 1)} %`);
  return text`The model ${who}. Your picture is odder to it than ${share} of the ${num(whole(normal))} test digits of the kind that it knows, by the squared error of its reconstruction, judged against what is usual for as much ink and as long an outline.`;
}

/**
 * @param {Scored} answer
 * @param {Known} chosen
 */
function fooled({ scores }, { mode, known }) {
  const [elbo, best] = ["elbo", "relative"].map((key) => scores.find(({ name }) => name === key));
  if (!elbo || !best) return "";
  const odd = mode === "one" ? `digits other than the ${known}` : `the ${known}`;
  return text`${bold("Why −ELBO alone is fooled.")} It is a sum over pixels, so a picture of little ink costs little whatever it shows. Here it tells ${odd} from what the model knows with an area of ${area(elbo.area)}; ${num("0.5")} is a coin, below that the odd ones look more usual than the known. The entropy floor takes away how grey the ink is, not how little there is of it; the first score does, and has ${num(fixed(best.area.value, 3))}.`;
}

/** @param {Scored} answer */
function measured({ normal, odd, recipe, command }) {
  return text`All twenty small models ship, of the net of ${bold(recipe)}, whichever model is chosen above: some 800 steps of training each. Curves of ${num(whole(normal))} known and ${num(whole(odd))} odd test digits; weights and which score comes first were settled on training digits. ${make("code", {}, command)}`;
}
