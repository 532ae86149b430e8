// Semi-supervised: name a few digits, and see how many of the others the codes then name.

import { digitAt, unpack } from "../../core/bytes.js";
import { call } from "../../core/calls.js";
import { percent, whole } from "../../core/numbers.js";
import { state } from "../../core/state.js";
import { digitCanvas, paint } from "../../draw/digit.js";
import { attributes, button, find, joined, make, num, text } from "../../parts/nodes.js";
import { share, tryModel } from "./words.js";

/** @import { Setting, Spread, Use } from "./types.js" */

const LIMIT =
  "Labels travel over the graph of nearest codes, which were learnt without any. A wrong label travels as far as a right one. The digits that you are asked about are among those of which the labels so far say least.";
const LIMIT_OF_M2 =
  "M2 takes a minute of training for each set of labels, so it is not done here as you label; it needs classes that lie apart, since nothing but the labels tells it which cluster is which.";
const UNLABELLED = "vae-flow"; // the best of those
const SHOWN = 8; // of the steps so far

/**
 * @param {Setting} setting
 * @returns {Use}
 */
export function label({ view, server, again }) {
  /** @type {[number, number | null][]} */
  let given = [];
  /** @type {number[]} */
  let next = [];
  const steps = stepList();
  /** @param {[number, number | null][]} more */
  const give = (more) => {
    given = [...given, ...more].slice(0, 300);
    again();
  };
  const asked = digitCanvas("The digit to label");
  const restart = () => {
    given = [];
    steps.clear();
    again();
  };
  const rows = knobs(
    (named) => next.length && give([[next[0], named]]),
    [
      button("Ten with their true labels", {}, () => give(next.map((row) => [row, null]))),
      button("Start again", { className: "plain" }, restart),
    ],
  );
  const caption = make("figcaption", { className: "small muted" }, "Which digit is this?");
  find(view, ".body").append(
    make("figure", { className: "made" }, asked, caption),
    rows,
    steps.element,
  );
  find(view, ".limit").textContent = LIMIT;
  return {
    ask: async (still) => {
      /** @type {Spread} */
      let answer;
      const checkpoint = state.model;
      do answer = await still(call(server, "spread", { checkpoint, given }));
      while (answer.progress < 1);
      next = answer.next;
      paint(asked, digitAt(unpack(answer.pictures), 0));
      write(view, answer);
      steps.add(answer, checkpoint);
    },
    clear: () => {},
  };
}

/**
 * @param {(named: number) => void} onname
 * @param {HTMLElement[]} more
 */
function knobs(onname, more) {
  const digits = [...Array(10).keys()].map((named) => {
    const made = button(String(named), { className: "num" }, () => onname(named));
    made.dataset.named = String(named);
    return made;
  });
  const row = make("div", { className: "row names", role: "group" }, ...digits);
  attributes(row, { "aria-label": "Its label" });
  return make("div", { className: "naming" }, row, make("div", { className: "row" }, ...more));
}

/** The accuracies so far, of one model: those of another are no steps on its way. */
function stepList() {
  const element = make("ol", { className: "steps" });
  /** @type {string[]} */
  let steps = [];
  /** @type {string | null} */
  let of = null;
  const clear = () => {
    steps = [];
    element.replaceChildren();
  };
  /**
   * @param {Spread} answer
   * @param {string | null} model
   */
  const add = (answer, model) => {
    if (model !== of) clear();
    of = model;
    steps = [...new Set([...steps, ...stepOf(answer)])].slice(-SHOWN);
    element.replaceChildren(...steps.map((words) => make("li", { className: "num" }, words)));
  };
  return { element, add, clear };
}

/**
 * The words; where the model knows all labels, these and a way out alone.
 *
 * @param {HTMLElement} view
 * @param {Spread} answer
 */
function write(view, answer) {
  for (const part of [".body", ".measured", ".limit"])
    find(view, part).hidden = Boolean(answer.reason);
  const wayOut = answer.reason ? tryModel(view, UNLABELLED) : "";
  find(view, ".say").replaceChildren(conclusion(answer), " ", wayOut);
  find(view, ".measured").replaceChildren(measured(answer));
}

/** @param {Spread} answer */
const stepOf = ({ given, accuracy }) =>
  accuracy === null
    ? []
    : [`${given} ${given === 1 ? "label" : "labels"}: ${percent(accuracy, 1)} %`];

/** @param {Spread} answer */
function conclusion({ reason, given, digits, accuracy }) {
  if (reason) return text`${reason} This takes a model that learnt without labels.`;
  if (accuracy === null) return text`No label yet: name the digit below.`;
  return text`${num(whole(given))} ${given === 1 ? "label names" : "labels name"} ${num(`${percent(accuracy, 1)} %`)} of the other ${num(whole(digits - given))} training digits at hand rightly.`;
}

/** @type {Record<string, string>} */
const METHODS = {
  "m1+m2": "M1+M2, a VAE of the codes with the class as a latent",
  m2: "M2, the same on pixels",
  svm: "a support vector machine on the 100 codes alone",
};

/** @param {Spread} answer */
function measured({ measured: figure, others, command }) {
  const how = make("code", {}, command);
  if (!figure) return text`Not measured for this model: ${how}`;
  const beside = others.map((each) => text`${METHODS[each.method]} ${share(each)}`);
  const more = beside.length ? text` Beside it: ${joined(beside, "; ")}. ${LIMIT_OF_M2}` : "";
  return text`Measured with 100 labels, ten seeds, for all 60,000 training digits: ${share(figure)} of the test digits.${more} ${how}`;
}
