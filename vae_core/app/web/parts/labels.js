// The digit that a conditional model is given, as a row of buttons 0 to 9 or unknown.

import { on } from "../core/events.js";
import { model, set, state } from "../core/state.js";
import { attributes, button, make, press } from "./nodes.js";

const CHOICES = [...Array(10).keys(), null];

/** @param {number | null} label */
const spelled = (label) => (label === null ? "" : String(label));

/** @param {number | null} label */
const titleOf = (label) =>
  label === null
    ? "Give it none: the model has to guess the digit"
    : `The same handwriting as a ${label}`;

/**
 * Build the row in `box`; it is there only while the chosen model is a conditional one.
 *
 * @param {HTMLElement} box
 * @param {(event: Event) => void} onchange another label was picked, which the state holds by then
 */
export function labelRow(box, onchange) {
  const buttons = CHOICES.map((label) => {
    const made = button(spelled(label) || "unknown", { title: titleOf(label) }, (event) => {
      set({ label });
      onchange(event);
    });
    made.dataset.label = spelled(label);
    return made;
  });
  const title = "Tell the decoder which digit:";
  const row = make("div", { className: "labels-row" }, ...buttons);
  box.classList.add("labels");
  box.replaceChildren(
    make("span", { className: "labels-title small muted", textContent: title }),
    attributes(row, { role: "group", "aria-label": "The digit that the model is given" }),
  );
  const show = () => {
    box.hidden = !model()?.takes_labels;
    press(buttons, ({ dataset }) => dataset.label === spelled(state.label));
  };
  on("change", (patch) => ("label" in patch || "model" in patch) && show());
  show();
}
