// A finger that begins on a slider may be about to scroll the page. The browser sets the slider at
// the touch already; here it stays as it was until the finger has moved sideways or is lifted where
// it came down, and a swipe that scrolls leaves it alone.

const SLOP = 8; // pixels of a movement before it has a direction
const OPTIONS = { capture: true, passive: true };

/**
 * @typedef {object} Touch
 * @property {HTMLInputElement} range
 * @property {string} before its value at the touch
 * @property {string | null} asked the value that the browser gave it
 * @property {number} x
 * @property {number} y
 * @property {boolean} sideways whether the finger moves the slider
 */

/** @type {Touch | null} */
let touch = null;

/** Watch all sliders of the page. */
export function guardSliders() {
  window.addEventListener("pointerdown", begin, OPTIONS);
  window.addEventListener("pointermove", follow, OPTIONS);
  window.addEventListener("input", withhold, true);
  window.addEventListener("change", withhold, true);
  window.addEventListener("pointerup", lift, OPTIONS);
  window.addEventListener("pointercancel", restore, OPTIONS);
}

/**
 * @param {HTMLInputElement} range
 * @param {string} kind
 */
const fire = (range, kind) => range.dispatchEvent(new Event(kind, { bubbles: true }));

/** @param {PointerEvent} event */
function begin({ target, pointerType, clientX: x, clientY: y }) {
  const found = target instanceof Element && target.closest(".studio input[type=range]");
  if (!(found instanceof HTMLInputElement) || pointerType === "mouse") return;
  touch = { range: found, before: found.value, asked: null, x, y, sideways: false };
}

/** @param {PointerEvent} event */
function follow({ pointerType, clientX, clientY }) {
  if (!touch || touch.sideways || pointerType === "mouse") return;
  const [dx, dy] = [Math.abs(clientX - touch.x), Math.abs(clientY - touch.y)];
  touch.sideways = dx > SLOP && dx > dy;
}

/** @param {Event} event */
function withhold(event) {
  if (!touch || event.target !== touch.range || touch.sideways || !event.isTrusted) return;
  touch.asked = touch.range.value;
  touch.range.value = touch.before;
  event.stopImmediatePropagation();
}

function lift() {
  if (!touch) return;
  const { range, asked, sideways } = touch;
  touch = null;
  if (sideways || asked === null) return;
  range.value = asked; // a tap on the track
  fire(range, "input");
  fire(range, "change");
}

function restore() {
  if (!touch) return;
  const { range, before } = touch;
  touch = null;
  if (range.value === before) return;
  range.value = before;
  fire(range, "input");
}
