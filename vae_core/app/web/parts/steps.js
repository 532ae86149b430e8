// The way of a picture to its digit: a film of its steps, and a knob for what can be adjusted.

import { fixed } from "../core/numbers.js";
import { attributes, fillRange, make } from "./nodes.js";

/** @import { Digitized, DigitizerOptions, Stage } from "../core/types.js" */

const CRISP = 64; // pixels a side up to which a picture is shown as its pixels
const FEWEST = 3; // an MNIST digit needs no steps
const POLARITIES = { auto: "found out", dark: "dark on light", light: "light on dark" };
const STROKES = { auto: "as MNIST's", keep: "kept", 1.5: "thin", 2.2: "medium", 3.2: "bold" };

/**
 * One step: its picture, its name, what it found.
 *
 * @param {Stage} stage
 */
export function stageItem({ title, note, image, width, height }) {
  const className = Math.max(width, height) <= CRISP ? "crisp" : "";
  return make(
    "li",
    {},
    make("img", { src: image, alt: title, className }),
    make("b", { textContent: title }),
    make("span", { className: "muted", textContent: note }),
  );
}

/**
 * Whether a picture had steps worth showing.
 *
 * @param {{ stages?: unknown[] }} answer
 */
export const hasSteps = ({ stages }) => (stages?.length ?? 0) >= FEWEST;

/**
 * @param {string} name of the option
 * @param {string} words
 * @param {Record<string, string>} choices value -> words
 */
function choice(name, words, choices) {
  const options = Object.entries(choices).map(([value, textContent]) =>
    make("option", { value, textContent }),
  );
  const select = make("select", {}, ...options);
  select.dataset.option = name;
  return { label: make("label", {}, `${words} `, select), select };
}

/**
 * The knobs: ink, stroke and threshold.
 *
 * @param {(name: keyof DigitizerOptions, value: string | number) => void} onadjust "auto" for a
 *   knob that was set back
 */
export function stepKnobs(onadjust) {
  const polarity = choice("polarity", "ink is", POLARITIES);
  const stroke = choice("stroke", "stroke", STROKES);
  const threshold = make("input", { type: "range", min: "0.02", max: "0.98", step: "0.02" });
  threshold.dataset.option = "threshold";
  threshold.setAttribute("aria-label", "Threshold between paper and ink");
  const output = attributes(make("output"), { "aria-live": "off" });
  const label = make("label", { className: "threshold" }, "threshold ", threshold, output);

  /** @param {number} value */
  const showThreshold = (value) => {
    threshold.value = String(value);
    fillRange(threshold);
    output.textContent = fixed(value, 2);
  };
  polarity.select.addEventListener("change", () => onadjust("polarity", polarity.select.value));
  stroke.select.addEventListener("change", () => {
    onadjust("stroke", Number(stroke.select.value) || stroke.select.value);
  });
  threshold.addEventListener("input", () => {
    showThreshold(Number(threshold.value));
    onadjust("threshold", Number(threshold.value));
  });
  return {
    elements: [polarity.label, stroke.label, label],
    /** @param {DigitizerOptions} options @param {number} found the threshold where none is set */
    show(options, found) {
      polarity.select.value = options.polarity ?? "auto";
      stroke.select.value = String(options.stroke ?? "auto");
      showThreshold(options.threshold ?? found);
    },
  };
}

const PAUSE_MS = 60; // of a knob that turns, before its last position is asked for

/**
 * Film and knobs, folded, at the end of `root`.
 *
 * @param {HTMLElement} root
 * @param {(options: DigitizerOptions) => void} onadjust the options that were set by hand
 */
export function foldedSteps(root, onadjust) {
  /** @type {DigitizerOptions} */
  let options = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const knobs = stepKnobs((name, value) => {
    const { [name]: _, ...others } = options;
    options = value === "auto" ? others : { ...others, [name]: value };
    clearTimeout(timer);
    timer = setTimeout(() => onadjust(options), PAUSE_MS);
  });
  const film = make("ol", { className: "steps-film" });
  const row = make("div", { className: "steps-knobs row" }, ...knobs.elements);
  attributes(row, { role: "group", "aria-label": "Adjust the steps" });
  const summary = make("summary", { textContent: "How it became a digit" });
  const box = make("details", { className: "steps", hidden: true }, summary, film, row);
  root.append(box);
  return {
    /** @param {Digitized} answer */
    show(answer) {
      box.hidden = !hasSteps(answer);
      film.replaceChildren(...(answer.stages ?? []).map(stageItem));
      knobs.show(options, answer.threshold);
    },
    /** A new picture: a knob's last turn belongs to the one before. */
    reset() {
      clearTimeout(timer);
      options = {};
      box.hidden = true;
    },
  };
}

/** @typedef {ReturnType<typeof foldedSteps>} FoldedSteps */
