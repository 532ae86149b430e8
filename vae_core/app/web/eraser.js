// studio.eraser: pixels rubbed out of a 28 x 28 canvas with a finger, a mouse or the arrow keys.
(() => {
  "use strict";
  const { studio } = window;
  const SIDE = 28;
  const REACH = 1.7; // radius of the rubber, in model pixels
  // Red stays 0, so that a gap looks like no ink at all to whoever reads the canvas as grey.
  const GAP = [0, 62, 92];

  /** Colour the marked pixels of a canvas that already shows a digit. */
  function shade(canvas, marked) {
    const context = canvas.getContext("2d");
    const image = context.getImageData(0, 0, SIDE, SIDE);
    marked.forEach((on, i) => on && image.data.set(GAP, 4 * i));
    context.putImageData(image, 0, 0);
  }

  /**
   * Rub on `canvas` while `on()` holds; `onrub(mask)` hears of every new pixel.
   * Arrow keys move the rubber, Space rubs.
   */
  function eraser(canvas, { on, onrub }) {
    let mask = new Uint8Array(SIDE * SIDE);
    let last = null;
    let at = [13.5, 13.5];

    function place(event) {
      const box = canvas.getBoundingClientRect();
      return [((event.clientX - box.left) * SIDE) / box.width, ((event.clientY - box.top) * SIDE) / box.height];
    }

    function dab(x, y) {
      let fresh = false;
      for (let row = Math.max(0, Math.floor(y - REACH)); row <= Math.min(SIDE - 1, y + REACH); row++) {
        for (let column = Math.max(0, Math.floor(x - REACH)); column <= Math.min(SIDE - 1, x + REACH); column++) {
          const near = Math.hypot(column + 0.5 - x, row + 0.5 - y) <= REACH;
          if (near && !mask[SIDE * row + column]) fresh = mask[SIDE * row + column] = 1;
        }
      }
      return fresh;
    }

    /** Rub from the last place to this one, however far apart the events are. */
    function rub([x, y]) {
      const [fromX, fromY] = last || [x, y];
      const steps = Math.max(1, Math.ceil(Math.hypot(x - fromX, y - fromY)));
      let fresh = false;
      for (let i = 1; i <= steps; i++) {
        fresh = dab(fromX + ((x - fromX) * i) / steps, fromY + ((y - fromY) * i) / steps) || fresh;
      }
      last = [x, y];
      if (!fresh) return;
      shade(canvas, mask);
      onrub(mask);
    }

    canvas.addEventListener("pointerdown", (event) => {
      if (!on() || event.button !== 0) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      last = null;
      rub(place(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (last && canvas.hasPointerCapture(event.pointerId)) rub(place(event));
    });
    const lift = () => (last = null);
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", lift);
    canvas.addEventListener("keydown", (event) => {
      if (!on()) return;
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (!move && event.key !== " ") return;
      event.preventDefault();
      if (move) at = at.map((v, i) => Math.min(SIDE - 0.5, Math.max(0.5, v + move[i])));
      last = null;
      if (!move || event.shiftKey) rub(at);
    });

    return {
      get mask() { return mask.some(Boolean) ? mask : null; },
      clear() { mask = new Uint8Array(SIDE * SIDE); },
    };
  }

  /** Base64 of bytes, as the server wants a mask. */
  const packed = (bytes) => btoa(String.fromCharCode(...bytes));

  Object.assign(studio, { eraser, shade, packed });
})();
