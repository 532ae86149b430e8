// The digits that were found in a picture, as boxes over the pad; of several, one can be chosen.

import { PAD } from "../draw/strokes.js";
import { attributes, button, make } from "./nodes.js";

/** @import { Box } from "../core/types.js" */
/** @import { Area } from "../draw/strokes.js" */

/** @param {number} pixels */
const percent = (pixels) => `${(100 * pixels) / PAD}%`;

/**
 * @param {HTMLElement} boxes where they go
 * @param {Area} area where the picture stands on the pad
 * @param {Box[]} found
 * @param {{ chosen: number, onchoose?: (index: number) => void, className?: string }} how
 */
export function placeBoxes(boxes, area, found, { chosen, onchoose, className = "" }) {
  const many = found.length > 1;
  const made = found.map(([x0, y0, x1, y1], index) => {
    const properties = { className: `picture-box ${className}` };
    const box = many ? button([], properties, () => onchoose?.(index)) : make("span", properties);
    box.style.left = percent(area.left + x0 * area.width);
    box.style.top = percent(area.top + y0 * area.height);
    box.style.width = percent((x1 - x0) * area.width);
    box.style.height = percent((y1 - y0) * area.height);
    if (!many) return box;
    const label = `Digit ${index + 1} of ${found.length}`;
    return attributes(box, { "aria-label": label, "aria-pressed": index === chosen });
  });
  boxes.replaceChildren(...made);
}

/**
 * A tap on another digit of a drawing chooses it.
 *
 * @param {HTMLElement} boxes
 * @param {PointerEvent} event
 * @returns {boolean} whether there is one
 */
export function chooseAt(boxes, { clientX: x, clientY: y }) {
  const other = [...boxes.children].find((box) => {
    const { left, right, top, bottom } = box.getBoundingClientRect();
    const isUnder = x >= left && x <= right && y >= top && y <= bottom;
    return isUnder && box.matches(".drawn[aria-pressed=false]");
  });
  if (!(other instanceof HTMLElement)) return false;
  queueMicrotask(() => other.click());
  return true;
}
