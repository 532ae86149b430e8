// A finger that begins on a slider may be about to scroll the page. The browser sets the slider at
// the touch already; here it stays as it was until the finger has moved sideways or is lifted where
// it came down, and a swipe that scrolls leaves it alone.
(() => {
  "use strict";
  const SLOP = 8; // pixels of a movement before it has a direction
  const OPTIONS = { capture: true, passive: true };
  let held = null; // {range, before, asked, x, y, sideways}

  const tell = (range, kind) => range.dispatchEvent(new Event(kind, { bubbles: true }));

  function restore({ range, before }) {
    if (range.value === before) return;
    range.value = before;
    tell(range, "input");
  }

  window.addEventListener("pointerdown", (event) => {
    const range = event.target.closest?.(".studio input[type=range]");
    if (!range || event.pointerType === "mouse") return;
    held = { range, before: range.value, asked: null, x: event.clientX, y: event.clientY, sideways: false };
  }, OPTIONS);

  window.addEventListener("pointermove", (event) => {
    if (!held || held.sideways || event.pointerType === "mouse") return;
    const [dx, dy] = [Math.abs(event.clientX - held.x), Math.abs(event.clientY - held.y)];
    held.sideways = dx > SLOP && dx > dy;
  }, OPTIONS);

  for (const kind of ["input", "change"]) {
    window.addEventListener(kind, (event) => {
      if (!held || event.target !== held.range || held.sideways || !event.isTrusted) return;
      held.asked = held.range.value;
      held.range.value = held.before;
      event.stopImmediatePropagation();
    }, true);
  }

  window.addEventListener("pointerup", () => {
    if (!held) return;
    const { range, asked, sideways } = held;
    held = null;
    if (sideways || asked === null) return;
    range.value = asked; // a tap on the track
    tell(range, "input");
    tell(range, "change");
  }, OPTIONS);

  window.addEventListener("pointercancel", () => {
    if (!held) return;
    const end = held;
    held = null;
    restore(end);
  }, OPTIONS);
})();
