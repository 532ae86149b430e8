// The digit that a model with labels is given, as a row of buttons 0 to 9 or unknown.

import { digitAt, unpack } from "../core/bytes.js";
import { on } from "../core/events.js";
import { model, set, state } from "../core/state.js";
import { digitCanvas, paint } from "../draw/digit.js";
import { attributes, button, make, press } from "./nodes.js";

/** @import { Bytes } from "../core/bytes.js" */

const CHOICES = [...Array(10).keys(), null];

/** @param {number | null} label */
const spelled = (label) => (label === null ? "" : String(label));

/** @param {number | null} label */
const titleOf = (label) =>
  label === null
    ? "Give it none: the model has to guess the digit"
    : `The same hand writes a ${label}`;

/**
 * @typedef {object} LabelLook
 * @property {string} [title]
 * @property {string} [unknown] the word for no label
 * @property {boolean} [pictures] each button has room for one
 * @property {() => number | null} [chosen] the label on show; by default the state's, which a press
 *   then sets
 */

/**
 * Build the row in `box`; it is there only while the chosen model takes labels.
 *
 * @param {HTMLElement} box
 * @param {(event: Event, label: number | null) => void} onchange another label was picked
 * @param {LabelLook} [look]
 * @returns {(pixels: string | Bytes) => void} paints the ten digits into the buttons
 */
export function labelRow(
  box,
  onchange,
  { title = "The digit to paint:", unknown = "unknown", pictures = false, chosen } = {},
) {
  const canvases = pictures ? Array.from({ length: 10 }, () => digitCanvas()) : [];
  const buttons = CHOICES.map((label) => {
    const made = button(spelled(label) || unknown, { title: titleOf(label) }, (event) => {
      if (!chosen) set({ label });
      onchange(event, label);
      show();
    });
    made.dataset.label = spelled(label);
    if (label !== null && pictures) made.prepend(canvases[label]);
    return made;
  });
  const row = make("div", { className: pictures ? "labels-row hand" : "labels-row" }, ...buttons);
  box.classList.add("labels");
  box.replaceChildren(
    make("span", { className: "labels-title small muted", textContent: title }),
    attributes(row, { role: "group", "aria-label": "The digit that the model is given" }),
  );
  const show = () => {
    box.hidden = !model()?.takes_labels;
    press(buttons, ({ dataset }) => dataset.label === spelled(chosen ? chosen() : state.label));
  };
  on("change", (patch) => ("label" in patch || "model" in patch) && show());
  show();
  return (pixels) => {
    const bytes = unpack(pixels);
    for (const [digit, canvas] of canvases.entries()) paint(canvas, digitAt(bytes, digit));
  };
}
