// Arrow keys that move a slider; a browser's own step is one pixel's worth.

/** @type {Record<string, number>} */
const DIRECTIONS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };

/**
 * Call `onstep` with what an arrow key adds.
 *
 * @param {HTMLElement} element
 * @param {{ step: number, largeStep: number }} sizes largeStep: with Shift
 * @param {(step: number, event: KeyboardEvent) => void} onstep
 */
export function onArrowKey(element, { step, largeStep }, onstep) {
  element.addEventListener("keydown", (event) => {
    const direction = DIRECTIONS[event.key];
    if (!direction || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    onstep(direction * (event.shiftKey ? largeStep : step), event);
  });
}
