// studio.filmSheet: the strips of many sliders in one picture. A canvas a slider would be a layer a
// slider, and the browser puts all layers together again at every frame of a drag.
(() => {
  "use strict";
  const { studio } = window;
  const SIDE = 28;

  /**
   * bytes  grey digits (count * steps, 28, 28), strip after strip.
   * film   {steps: digits a strip, width: columns kept of each, skip: columns left out before them}.
   *
   * Resolves, once the browser can paint it, to {window(place): the background of the element that
   * shows that strip, drop(): forget the picture}.
   */
  async function filmSheet(bytes, count, { steps, width, skip }) {
    const canvas = Object.assign(document.createElement("canvas"), { width: width * steps, height: SIDE * count });
    const context = canvas.getContext("2d");
    const image = context.createImageData(canvas.width, canvas.height);
    const words = new Uint32Array(image.data.buffer);
    for (let i = 0; i < count * steps; i++) {
      const to = Math.floor(i / steps) * SIDE * canvas.width + (i % steps) * width;
      for (let y = 0; y < SIDE; y++) {
        const row = (i * SIDE + y) * SIDE + skip;
        for (let x = 0; x < width; x++) words[to + y * canvas.width + x] = 0xff000000 | (bytes[row + x] * 0x010101);
      }
    }
    context.putImageData(image, 0, 0);
    const url = URL.createObjectURL(await new Promise((done) => canvas.toBlob(done)));
    const sheet = Object.assign(new Image(), { src: url });
    await sheet.decode(); // shown before, the strips would be black for a moment
    return {
      window: (place) => ({
        backgroundImage: `url(${url})`,
        backgroundSize: `100% ${100 * count}%`,
        backgroundPosition: `0 ${(100 * place) / Math.max(1, count - 1)}%`,
      }),
      drop: () => URL.revokeObjectURL(url),
    };
  }

  studio.filmSheet = filmSheet;
})();
