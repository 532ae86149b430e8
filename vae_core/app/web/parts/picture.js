// The one way a picture comes in: draw, upload, drop, paste, photograph or take an example.

import { sentenceOf } from "../core/errors.js";
import { on } from "../core/events.js";
import { requests } from "../core/requests.js";
import { example } from "../draw/examples.js";
import { decoded } from "../draw/png.js";
import { PAD, Pad } from "../draw/strokes.js";
import { closeCamera, openCamera, photograph } from "./camera.js";
import { readClipboard, readPicture } from "./files.js";
import { say } from "./nodes.js";
import { chooseAt, placeBoxes } from "./picture_boxes.js";
import { exampleRow } from "./picture_examples.js";
import { pictureMarkup } from "./picture_markup.js";
import { PadMemory } from "./picture_memory.js";
import { listenForDrop, listenForPaste } from "./picture_receive.js";

/** @import { Picture } from "../core/types.js" */
/** @import { Area } from "../draw/strokes.js" */
/** @import { PictureOptions, Shown } from "./picture_types.js" */

// What travels, in pixels: small while a stroke grows, since reading one takes 80 ms at 336 and
// 10 at 112, and nearer to what is seen once the pen is lifted.
const GROWING = 112;
const LIFTED = 224;
/** @type {Area} */
const WHOLE_PAD = { left: 0, top: 0, width: PAD, height: PAD };

class PictureInput {
  #options;
  #parts;
  #pad;
  #memory = new PadMemory();
  // Of two files in quick succession the one that was chosen last wins, however long each is read;
  // the same holds for what is painted, which has to be decoded first.
  #arriving;
  #painting = requests({ about: () => null });

  /**
   * @param {HTMLElement} root
   * @param {PictureOptions} options
   */
  constructor(root, options) {
    const { label = "Picture", testids } = options;
    this.element = root;
    this.#options = options;
    const names = { upload: "image-upload", pad: "drawing-pad", ...testids };
    this.#parts = pictureMarkup(root, label, names);
    this.#arriving = requests({
      about: () => null,
      onerror: (sentence) => this.#say(sentence),
      onbusy: (busy) => root.classList.toggle("is-busy", busy),
    });
    this.#pad = new Pad(this.#parts.canvas, {
      onstart: () => this.#beginStroke(),
      onmove: (event) => options.onlive?.({ picture: this.#pad.snapshot(GROWING), event }),
      onend: () => this.#giveDrawing(),
      ontap: (event) => chooseAt(this.#parts.boxes, event),
      ondrop: () => options.ondrop?.(),
    });
    this.#listen();
    listenForPaste(this);
    on("panel", () => this.#closeCamera()); // its light goes out with the panel
    /** Resolves once the examples can be taken. */
    this.ready = exampleRow(this.#parts.examples, (place) => this.takePlace(place));
  }

  /** Nothing on the pad, and nothing on its way there. */
  clear() {
    this.#arriving.drop();
    this.#painting.drop();
    this.#pad.clear();
    this.#settle({ hinted: true });
    this.#options.onclear?.();
  }

  /**
   * Take the picture that `read` brings.
   *
   * @param {() => Promise<string>} read a data URI
   * @param {string} source
   * @param {string | null} [file]
   */
  take(read, source, file = null) {
    this.#say(null);
    return this.#arriving.ask(async (still) => {
      const picture = await still(read());
      await still(this.#options.onpicture({ picture, source, file }));
    });
  }

  /**
   * Take the example at a place in the sheet.
   *
   * @param {number} place
   */
  takePlace(place) {
    return this.takeDigit(example(place), place);
  }

  /**
   * @param {Promise<string> | string} digit to take as it is, base64 of its 784 bytes
   * @param {number} [place] of an example
   */
  takeDigit(digit, place) {
    return this.#arriving.ask(async (still) => {
      const pixels = await still(digit);
      await still(place === undefined ? this.recall(pixels) : this.#put({ pixels }));
      const picture = place === undefined ? { digit: pixels } : { pixels };
      await still(this.#options.onpicture({ picture, source: "example", place }));
    });
  }

  /**
   * Show a picture on the pad.
   *
   * @param {Shown} shown
   */
  show(shown) {
    if (shown.input) this.remember(shown.input, shown.source);
    if (shown.pixels) this.#arriving.drop(); // another picture came from elsewhere
    return this.#put(shown);
  }

  /**
   * The picture on the pad is this digit: undo may come back to it.
   *
   * @param {string} digit base64 of its 784 bytes
   * @param {string} [source] data URI of the whole picture, where nothing is drawn
   */
  remember(digit, source) {
    const { strokes } = this.#pad;
    if (strokes.length) this.#memory.keep(digit, { strokes });
    else if (source) this.#memory.keep(digit, { source });
  }

  /**
   * A digit with what it came from, as far as that is remembered.
   *
   * @param {string} pixels base64 of its 784 bytes
   */
  recall(pixels) {
    const original = this.#memory.find(pixels);
    if (!original) return this.#put({ pixels });
    return this.#painting.ask(async (still) => {
      const image = "source" in original ? await still(decoded(original.source)) : null;
      this.#pad.clear();
      if ("strokes" in original) this.#pad.draw(original.strokes);
      else if (image) this.#pad.showPicture(image);
      this.#settle({ hinted: false });
    });
  }

  /**
   * What was refused, if the browser can show it, and nothing else.
   *
   * @param {Picture} picture
   */
  showRefused(picture) {
    return this.#painting.ask(async (still) => {
      const image =
        typeof picture === "string" ? await still(decoded(picture).catch(() => null)) : null;
      this.#pad.clear();
      this.#parts.hint.hidden = Boolean(image);
      this.#parts.boxes.replaceChildren();
      if (image) this.#pad.showPicture(image);
    });
  }

  /** @param {string | null} sentence */
  #say(sentence) {
    say(this.element.closest(".studio"), sentence);
  }

  #giveDrawing() {
    this.#parts.undo.disabled = false;
    this.#options.onpicture({ picture: this.#pad.snapshot(LIFTED), source: "drawing" });
  }

  #beginStroke() {
    this.#arriving.drop();
    this.#painting.drop();
    const { hint, boxes } = this.#parts;
    const [wasHidden, shown] = [hint.hidden, [...boxes.children]];
    hint.hidden = true;
    if (this.#pad.isEmpty) boxes.replaceChildren();
    return () => {
      hint.hidden = wasHidden;
      boxes.replaceChildren(...shown);
    };
  }

  /**
   * The pad's own state after its content changed.
   *
   * @param {{ hinted: boolean }} how whether it asks for a drawing
   */
  #settle({ hinted }) {
    this.#parts.hint.hidden = !hinted;
    this.#parts.boxes.replaceChildren();
    this.#parts.undo.disabled = this.#pad.isEmpty;
    this.#say(null);
  }

  /** @param {Shown} shown */
  #put({ pixels, source, boxes: found = [], chosen = 0 }) {
    const { boxes } = this.#parts;
    const { onchoose } = this.#options;
    return this.#painting.ask(async (still) => {
      if (!this.#pad.isEmpty && !pixels && source) {
        // The drawing itself is the better picture; of several digits on it one can be chosen.
        const several = found.length > 1 ? found : [];
        return placeBoxes(boxes, WHOLE_PAD, several, { chosen, onchoose, className: "drawn" });
      }
      const image = source && !pixels ? await still(decoded(source)) : null;
      this.#pad.clear();
      this.#settle({ hinted: !source });
      if (pixels) this.#pad.showDigit(pixels);
      else if (image) placeBoxes(boxes, this.#pad.showPicture(image), found, { chosen, onchoose });
    });
  }

  #undo() {
    this.#pad.undo();
    if (this.#pad.isEmpty) this.clear();
    else this.#giveDrawing();
  }

  async #openCamera() {
    const { camera, video } = this.#parts;
    this.#say(null);
    try {
      camera.hidden = false;
      await openCamera(video);
    } catch (error) {
      camera.hidden = true;
      this.#say(sentenceOf(error));
    }
  }

  #closeCamera() {
    closeCamera(this.#parts.video);
    this.#parts.camera.hidden = true;
  }

  #photograph() {
    const picture = photograph(this.#parts.video);
    this.#closeCamera();
    this.#pad.forget();
    this.take(async () => picture, "camera");
  }

  #listen() {
    /** @type {Record<string, () => void>} */
    const actions = {
      paste: () => this.take(async () => readPicture(await readClipboard()), "clipboard"),
      undo: () => this.#undo(),
      clear: () => this.clear(),
      camera: () => this.#openCamera(),
      shoot: () => this.#photograph(),
      cancel: () => this.#closeCamera(),
    };
    this.element.addEventListener("click", ({ target }) => {
      const pressed = target instanceof Element && target.closest("[data-do]");
      if (pressed instanceof HTMLElement) actions[pressed.dataset.do ?? ""]?.();
    });
    const { file } = this.#parts;
    file.addEventListener("change", async () => {
      const chosen = file.files?.[0];
      if (!chosen) return;
      this.#pad.forget();
      await this.take(() => readPicture(chosen), "upload", chosen.name);
      file.value = ""; // the same file again
    });
    listenForDrop(this.element, (dropped) => {
      this.#pad.forget();
      this.take(() => readPicture(dropped), "drop", dropped?.name);
    });
  }
}

/**
 * Build the input in `root`.
 *
 * @param {HTMLElement} root
 * @param {PictureOptions} options
 */
export const pictureInput = (root, options) => new PictureInput(root, options);

/** @typedef {PictureInput} PictureWidget */
