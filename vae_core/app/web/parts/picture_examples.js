// A row of example digits, one a class.

import { boot, className } from "../core/boot.js";
import { classes, placeOf } from "../core/examples.js";
import { digitCanvas, paint } from "../draw/digit.js";
import { example } from "../draw/examples.js";
import { attributes, button } from "./nodes.js";
import { iconButton } from "./picture_markup.js";

/**
 * Build the row.
 *
 * @param {HTMLElement} row
 * @param {(place: number) => void} ontake an example was pressed
 * @returns {Promise<void>} resolves once all are painted
 */
export async function exampleRow(row, ontake) {
  if (!boot.examples.url) return;
  let round = 0;
  const canvases = classes.map(() => digitCanvas("", ""));
  const buttons = classes.map((label, i) => {
    const made = button(canvases[i], {}, () => ontake(placeOf(label, round)));
    return attributes(made, { "aria-label": `Example digit ${className(label)}` });
  });
  const paintAll = () =>
    Promise.all(
      classes.map(async (label, i) => paint(canvases[i], await example(placeOf(label, round)))),
    );
  const other = iconButton("other", "Show other examples");
  other.classList.add("plain");
  other.addEventListener("click", () => {
    round++;
    paintAll();
  });
  row.replaceChildren(...buttons, other);
  await paintAll();
}
