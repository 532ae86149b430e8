// studio.picture: the one way a picture comes in. Draw, upload, drop, paste, photograph or take
// an example; wherever it is used it calls onpicture({dataURL | picture, source}).
// Past 300 lines: six ways in behind one small function; each section stands alone.
(() => {
  "use strict";
  const { studio } = window;
  const PAD = 336; // 12 canvas pixels a model pixel
  const PEN = 26; // a digit of two thirds of the pad then has MNIST's stroke, about 2.2 of 28
  // What travels, in pixels: small while a stroke grows, since reading one takes 80 ms at 336 and
  // 10 at 112, and nearer to what is seen once the pen is lifted.
  const GROWING = 112;
  const LIFTED = 224;
  const LARGEST = 30 * 2 ** 20;
  const examples = window.studioExamples || { labels: [], columns: 1, sheet: null };
  const CLASSES = [...new Set(examples.labels)].sort((a, b) => a - b);

  const ICONS = {
    upload: "M8 11V3M4.5 6.5 8 3l3.5 3.5M3 10v3h10v-3",
    paste: "M5 3.5H3.5v10h9v-10H11M6 2.5h4v2.5H6z",
    camera: "M2.5 5h2.6l1-1.5h3.8l1 1.5h2.6v7.5h-11zM8 10.6a2.1 2.1 0 1 0 0-4.2 2.1 2.1 0 0 0 0 4.2z",
    undo: "M6.5 3.5 3 7l3.5 3.5M3.4 7H9a3.6 3.6 0 0 1 0 7.2H7",
    clear: "M4 4l8 8M12 4l-8 8",
    other: "M3 6.5A5.2 5.2 0 0 1 12.6 5M13 2.5V5.4h-3M13 9.5A5.2 5.2 0 0 1 3.4 11M3 13.5v-2.9h3",
  };
  const icon = (name) =>
    `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${ICONS[name]}" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

  // ---------------------------------------------------------------- example digits
  /** The place of the nth example of a class. */
  function placeOf(label, turn) {
    const places = examples.labels.flatMap((other, place) => (other === label ? [place] : []));
    return places[turn % places.length];
  }

  // ---------------------------------------------------------------- files
  function readFile(file) {
    return new Promise((done, fail) => {
      const reader = new FileReader();
      reader.onload = () => done(reader.result);
      reader.onerror = () => fail(new studio.StudioError("The file could not be read; please choose it again."));
      reader.readAsDataURL(file);
    });
  }

  async function fromFile(file) {
    if (!file) throw new studio.StudioError("There is no picture in what was given.");
    if (!file.size) throw new studio.StudioError("The picture is empty: the file holds 0 bytes.");
    if (file.size > LARGEST) {
      const size = Math.round(file.size / 2 ** 20);
      throw new studio.StudioError(`The picture has ${size} MB; up to ${LARGEST / 2 ** 20} MB are taken.`);
    }
    return readFile(file);
  }

  /** The file of a drop or a paste: its first one, preferring what calls itself an image. */
  function fileOf(transfer) {
    const files = [...(transfer ? transfer.files : [])];
    return files.find((file) => file.type.startsWith("image/")) || files[0] || null;
  }

  async function readClipboard() {
    if (!navigator.clipboard || !navigator.clipboard.read) {
      throw new studio.StudioError("This browser does not hand over the clipboard; press Ctrl+V here instead.");
    }
    let items;
    try {
      items = await navigator.clipboard.read();
    } catch {
      throw new studio.StudioError("The browser did not allow reading the clipboard; press Ctrl+V here instead, or choose a file.");
    }
    for (const item of items) {
      const type = item.types.find((name) => name.startsWith("image/"));
      if (type) return item.getType(type);
    }
    throw new studio.StudioError("There is no picture in the clipboard; copy one first.");
  }

  // Ctrl+V goes to the widget that was touched last, if it can be seen.
  const widgets = new Set();
  let touched = null;
  document.addEventListener("paste", (event) => {
    const seen = [...widgets].filter((widget) => widget.element.isConnected && widget.element.offsetParent);
    const target = seen.includes(touched) ? touched : seen[0];
    if (!target || event.target.closest?.("input:not([type=file]):not([type=range]), textarea")) return;
    if (!event.clipboardData || !event.clipboardData.files.length) return;
    event.preventDefault();
    target.take(() => fromFile(fileOf(event.clipboardData)), "clipboard");
  });

  // ---------------------------------------------------------------- strokes
  /** A pad of strokes on `canvas`: smooth between events, wider under a pen's pressure. */
  function strokesOn(canvas, { onstart, onmove, onend, ontap, ondrop }) {
    const context = canvas.getContext("2d", { willReadFrequently: true });
    let strokes = [];
    let current = null;

    function position(event) {
      const box = canvas.getBoundingClientRect();
      const pressure = event.pointerType === "pen" && event.pressure > 0 ? event.pressure : 0.5;
      return {
        x: ((event.clientX - box.left) * PAD) / box.width,
        y: ((event.clientY - box.top) * PAD) / box.height,
        width: PEN * (0.6 + 0.8 * pressure),
      };
    }

    function blank() {
      context.fillStyle = "#000";
      context.fillRect(0, 0, PAD, PAD);
      context.strokeStyle = context.fillStyle = "#fff";
      context.lineCap = context.lineJoin = "round";
    }

    // From the middle of one pair of points to the middle of the next, bent by the point between:
    // a smooth line however far apart the events are.
    function segment(points, i) {
      const [a, b, c] = [points[i - 2] || points[i - 1], points[i - 1], points[i]];
      context.lineWidth = b.width;
      context.beginPath();
      context.moveTo((a.x + b.x) / 2, (a.y + b.y) / 2);
      context.quadraticCurveTo(b.x, b.y, (b.x + c.x) / 2, (b.y + c.y) / 2);
      context.stroke();
    }

    function dot({ x, y, width }) {
      context.beginPath();
      context.arc(x, y, width / 2, 0, 2 * Math.PI);
      context.fill();
    }

    function finish(points) {
      const [a, b] = [points.at(-2) || points[0], points.at(-1)];
      context.lineWidth = b.width;
      context.beginPath();
      context.moveTo((a.x + b.x) / 2, (a.y + b.y) / 2);
      context.lineTo(b.x, b.y);
      context.stroke();
    }

    function redraw() {
      blank();
      for (const points of strokes) {
        dot(points[0]);
        for (let i = 1; i < points.length; i++) segment(points, i);
        finish(points);
      }
    }

    canvas.addEventListener("pointerdown", (event) => {
      // A second finger is a pinch: it draws nothing, and takes back what the first one began. A
      // hand that rests beside a pen is none.
      if (current && event.pointerType === "touch" && current.type === "touch") return drop();
      if (event.button !== 0 || current || !event.isPrimary) return;
      event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      const before = context.getImageData(0, 0, PAD, PAD);
      const undone = onstart();
      if (!strokes.length) blank();
      current = { id: event.pointerId, type: event.pointerType, points: [position(event)], before, undone };
      strokes.push(current.points);
      dot(current.points[0]);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!current || event.pointerId !== current.id) return;
      const events = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
      for (const moment of events.length ? events : [event]) {
        const point = position(moment);
        const last = current.points.at(-1);
        if (Math.hypot(point.x - last.x, point.y - last.y) < 1) continue;
        current.points.push(point);
        segment(current.points, current.points.length - 1);
      }
      if (current.points.length > 1) onmove(event);
    });
    /** The stroke under way was none: all is as it was before. */
    function drop() {
      const { before, undone } = current;
      strokes.pop();
      current = null;
      context.putImageData(before, 0, 0);
      undone();
      ondrop();
    }
    const lift = (event) => {
      if (!current || event.pointerId !== current.id) return;
      if (current.points.length < 3 && ontap(event)) return drop();
      finish(current.points);
      current = null;
      onend(event);
    };
    canvas.addEventListener("pointerup", lift);
    canvas.addEventListener("pointercancel", (event) => current && event.pointerId === current.id && drop());

    blank();
    return {
      context,
      blank,
      get empty() { return strokes.length === 0; },
      forget() { strokes = []; },
      snapshot(side) {
        const small = document.createElement("canvas");
        small.width = small.height = side;
        const target = small.getContext("2d");
        target.imageSmoothingQuality = "high";
        target.drawImage(canvas, 0, 0, side, side);
        return small.toDataURL();
      },
      undo() {
        strokes.pop();
        redraw();
      },
    };
  }

  // ---------------------------------------------------------------- camera
  const CAMERA = {
    NotAllowedError: "The camera was not allowed; allow it beside the address of this page, or upload a picture.",
    NotFoundError: "No camera was found; upload a picture or draw one.",
    OverconstrainedError: "No camera was found; upload a picture or draw one.",
    NotReadableError: "The camera is in use by another program; close that or upload a picture.",
  };

  async function openCamera(video) {
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
      throw new studio.StudioError("Browsers give a camera only to pages on https or localhost; upload a picture instead.");
    }
    try {
      const wish = { video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false };
      video.srcObject = await navigator.mediaDevices.getUserMedia(wish);
      await video.play();
    } catch (error) {
      throw new studio.StudioError(CAMERA[error.name] || "The camera could not be opened; upload a picture instead.");
    }
  }

  function closeCamera(video) {
    for (const track of video.srcObject ? video.srcObject.getTracks() : []) track.stop();
    video.srcObject = null;
  }

  function photograph(video) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    return canvas.toDataURL("image/jpeg", 0.92);
  }

  // ---------------------------------------------------------------- the widget
  function markup(label, testids) {
    const button = (name, words, title) =>
      `<button type="button" data-do="${name}" title="${title}" aria-label="${words}">${icon(name)}<span>${words}</span></button>`;
    return `
      <div class="picture-stage">
        <canvas data-testid="${testids.pad}" width="${PAD}" height="${PAD}" role="img"
          aria-label="${label}: drawing pad for mouse, finger or pen; without one, upload a picture or take an example"></canvas>
        <span class="picture-hint" aria-hidden="true">draw here</span>
        <div class="picture-boxes" role="group" aria-label="Digits found in the picture"></div>
        <div class="picture-camera" hidden><video playsinline muted></video>
          <div class="row"><button type="button" class="primary" data-do="shoot">Take the picture</button><button type="button" data-do="cancel">Cancel</button></div></div>
      </div>
      <div class="picture-tools">
        <label class="button" title="Choose a picture file: JPEG, PNG, HEIC, WebP, … up to 30 MB; or drop one here">${icon("upload")}<span>Upload</span>
          <input type="file" class="sr-only" data-testid="${testids.upload}" aria-label="${label}: upload a picture" accept="image/*,.heic,.heif,.avif,.tif,.tiff"></label>
        ${button("paste", "Paste", "Paste a picture from the clipboard (Ctrl+V)")}
        ${button("camera", "Camera", "Take a picture with the camera")}
        <button type="button" data-do="undo" aria-label="Undo the last stroke" title="Undo the last stroke" disabled>${icon("undo")}</button>
        <button type="button" data-do="clear" aria-label="Clear the pad" title="Clear the pad">${icon("clear")}</button>
      </div>
      <div class="picture-examples" role="group" aria-label="${label}: example digits from the MNIST test set"></div>`;
  }

  /**
   * Build the widget in `root`.
   * onpicture({dataURL | picture, source, place?}): a new picture; source says where it is from.
   * onlive({dataURL, event}): the drawing while it grows (optional).
   * onchoose(index): another one of several digits was picked (optional).
   * onclear(): the pad was cleared, and nothing is left to show (optional).
   * ondrop(): a stroke that onlive told of was none (optional).
   */
  function picture(root, { onpicture, onlive, onchoose, onclear, ondrop, label = "Picture", testids = {} }) {
    const names = { upload: "image-upload", pad: "drawing-pad", ...testids };
    root.classList.add("picture");
    root.innerHTML = markup(label, names);
    const find = (selector) => root.querySelector(selector);
    const canvas = find(".picture-stage canvas");
    const hint = find(".picture-hint");
    const boxes = find(".picture-boxes");
    const camera = find(".picture-camera");
    const video = find("video");
    const say = (sentence) => studio.say(root.closest(".studio"), sentence);
    const turns = CLASSES.map(() => 0);

    const pad = strokesOn(canvas, {
      onstart: () => {
        arriving.drop();
        painting.drop();
        const before = { hinted: !hint.hidden, boxes: [...boxes.children] };
        hint.hidden = true;
        if (pad.empty) boxes.replaceChildren();
        return () => {
          hint.hidden = !before.hinted;
          boxes.replaceChildren(...before.boxes);
        };
      },
      ondrop: () => ondrop && ondrop(),
      ontap: ({ clientX: x, clientY: y }) => {
        const under = (box) => {
          const { left, right, top, bottom } = box.getBoundingClientRect();
          return x >= left && x <= right && y >= top && y <= bottom;
        };
        const other = [...boxes.children].find((box) => box.matches(".drawn[aria-pressed=false]") && under(box));
        if (other) queueMicrotask(() => other.click());
        return Boolean(other);
      },
      onmove: (event) => onlive && onlive({ dataURL: pad.snapshot(GROWING), event }),
      onend: () => {
        find("[data-do=undo]").disabled = false;
        onpicture({ dataURL: pad.snapshot(LIFTED), source: "drawing" });
      },
    });

    /** The pad's own state after its content changed. */
    function settle({ hinted }) {
      hint.hidden = !hinted;
      boxes.replaceChildren();
      find("[data-do=undo]").disabled = pad.empty;
      say(null);
    }

    // Of two files in quick succession the one that was chosen last wins, however long each is read;
    // the same holds for what is painted, which has to be decoded first.
    const newest = { about: () => null };
    const arriving = studio.requests({
      ...newest,
      onerror: (sentence) => say(sentence),
      onbusy: (on) => root.classList.toggle("is-busy", on),
    });
    const painting = studio.requests(newest);

    function clear() {
      arriving.drop();
      painting.drop();
      pad.forget();
      pad.blank();
      settle({ hinted: true });
      if (onclear) onclear();
    }

    /** `file` names the file that a person could open again. */
    function take(read, source, file = null) {
      say(null);
      return arriving.ask(async (still) => {
        const dataURL = await still(read());
        await still(onpicture({ dataURL, source, file }));
      });
    }

    /** Show a picture on the pad: base64 of 784 bytes, or a data URI with the boxes found in it. */
    function show(content) {
      if (content.pixels) arriving.drop(); // another picture came from elsewhere
      return put(content);
    }

    function put({ pixels, source, boxes: found = [], chosen = 0 }) {
      return painting.ask(async (still) => {
        if (!pad.empty && !pixels && source) {
          // The drawing itself is the better picture; of several digits on it one can be chosen.
          return placeBoxes({ left: 0, top: 0, width: PAD, height: PAD }, found.length > 1 ? found : [], chosen, "drawn");
        }
        const image = source && !pixels ? await still(decoded(source)) : null;
        pad.forget();
        pad.blank();
        settle({ hinted: !source });
        if (pixels) paintDigit(pixels);
        else if (image) placeBoxes(paintPicture(image), found, chosen);
      });
    }

    /** What was refused, if the browser can show it, and nothing else. */
    function refused(source) {
      return painting.ask(async (still) => {
        const image = typeof source === "string" ? await still(decoded(source).catch(() => null)) : null;
        pad.forget();
        pad.blank();
        hint.hidden = Boolean(image);
        boxes.replaceChildren();
        if (image) paintPicture(image);
      });
    }

    async function decoded(source) {
      const image = new Image();
      image.src = source;
      await image.decode();
      return image;
    }

    function paintDigit(pixels) {
      const small = document.createElement("canvas");
      studio.paint(small, pixels);
      pad.context.imageSmoothingEnabled = false;
      pad.context.drawImage(small, 0, 0, PAD, PAD);
    }

    function paintPicture(image) {
      const scale = PAD / Math.max(image.width, image.height);
      const [width, height] = [image.width * scale, image.height * scale];
      const place = { left: (PAD - width) / 2, top: (PAD - height) / 2, width, height };
      pad.context.imageSmoothingEnabled = scale < 4;
      pad.context.drawImage(image, place.left, place.top, width, height);
      return place;
    }

    function placeBoxes(place, found, chosen, kind = "") {
      boxes.replaceChildren(...found.map(([x0, y0, x1, y1], index) => {
        const many = found.length > 1;
        const box = document.createElement(many ? "button" : "span");
        box.className = `picture-box ${kind}`;
        box.style.left = `${(100 * (place.left + x0 * place.width)) / PAD}%`;
        box.style.top = `${(100 * (place.top + y0 * place.height)) / PAD}%`;
        box.style.width = `${(100 * (x1 - x0) * place.width) / PAD}%`;
        box.style.height = `${(100 * (y1 - y0) * place.height) / PAD}%`;
        if (many) {
          box.type = "button";
          box.setAttribute("aria-label", `Digit ${index + 1} of ${found.length}`);
          box.setAttribute("aria-pressed", String(index === chosen));
          box.addEventListener("click", () => onchoose && onchoose(index));
        }
        return box;
      }));
    }

    // -------------------------------------------------------------- examples
    const takeExample = (label) => takePlace(placeOf(label, turns[CLASSES.indexOf(label)]));

    /** The example at a place in the sheet. */
    function takePlace(place) {
      return arriving.ask(async (still) => {
        const pixels = await still(studio.example(place));
        await still(put({ pixels }));
        await still(onpicture({ picture: { pixels }, source: "example", place }));
      });
    }

    async function buildExamples() {
      const row = find(".picture-examples");
      if (!examples.sheet) return;
      const buttons = CLASSES.map((label) => {
        const button = document.createElement("button");
        button.type = "button";
        button.setAttribute("aria-label", `Example digit ${label}`);
        button.append(Object.assign(document.createElement("canvas"), { width: 28, height: 28 }));
        button.addEventListener("click", () => takeExample(label));
        return button;
      });
      const other = document.createElement("button");
      other.type = "button";
      other.className = "plain";
      other.title = "Show other examples";
      other.setAttribute("aria-label", "Show other examples");
      other.append(studio.drawing(icon("other")));
      const paintAll = () => Promise.all(buttons.map(async (button, i) =>
        studio.paint(button.firstChild, await studio.example(placeOf(CLASSES[i], turns[i])))));
      other.addEventListener("click", () => {
        turns.forEach((turn, i) => (turns[i] = turn + 1));
        paintAll();
      });
      row.replaceChildren(...buttons, other);
      await paintAll();
    }

    // -------------------------------------------------------------- wiring
    const actions = {
      paste: () => take(async () => fromFile(await readClipboard()), "clipboard"),
      undo: () => {
        pad.undo();
        if (pad.empty) return clear();
        onpicture({ dataURL: pad.snapshot(LIFTED), source: "drawing" });
      },
      clear,
      camera: async () => {
        say(null);
        try {
          camera.hidden = false;
          await openCamera(video);
        } catch (error) {
          camera.hidden = true;
          say(error.message);
        }
      },
      shoot: () => {
        const dataURL = photograph(video);
        actions.cancel();
        pad.forget();
        take(async () => dataURL, "camera");
      },
      cancel: () => {
        closeCamera(video);
        camera.hidden = true;
      },
    };
    root.addEventListener("click", (event) => {
      const button = event.target.closest("[data-do]");
      if (button && actions[button.dataset.do]) actions[button.dataset.do]();
    });
    const file = find("input[type=file]");
    file.addEventListener("change", () => {
      const [chosen] = file.files;
      if (!chosen) return;
      pad.forget();
      take(() => fromFile(chosen), "upload", chosen.name).finally(() => (file.value = "")); // the same file again
    });
    root.addEventListener("dragover", (event) => {
      event.preventDefault();
      root.classList.add("is-over");
    });
    root.addEventListener("dragleave", (event) => {
      if (!root.contains(event.relatedTarget)) root.classList.remove("is-over");
    });
    root.addEventListener("drop", (event) => {
      event.preventDefault();
      root.classList.remove("is-over");
      pad.forget();
      const dropped = fileOf(event.dataTransfer);
      take(() => fromFile(dropped), "drop", dropped?.name);
    });
    studio.on("panel", actions.cancel); // the camera's light goes out with the panel

    const widget = { element: root, clear, show, refused, take, takeExample, takePlace };
    for (const kind of ["pointerdown", "focusin", "pointerenter"]) {
      root.addEventListener(kind, () => (touched = widget));
    }
    widgets.add(widget);
    widget.ready = buildExamples();
    return widget;
  }

  /** An example's place as it stands in an address, and back: "e12"; null for what is none. */
  const spelledPlace = (place) => (place === undefined ? null : `e${place}`);

  function readPlace(text) {
    const place = Number(/^e(\d{1,4})$/.exec(text || "")?.[1]);
    return place < examples.labels.length ? place : undefined;
  }

  const percent = (sure) => (sure > 0.995 ? "over 99" : String(Math.round(100 * sure)));
  const readAs = ({ digit }) => (digit === null ? "no digit" : String(digit));

  /** A classifier's reading in words: "Reads as 3 (99 %)."; within a sentence "reads as 3, 99 %". */
  const reading = (found) => `Reads as ${readAs(found)} (${percent(found.sure)} %).`;
  const readingWords = (found) => `reads as ${readAs(found)}, ${percent(found.sure)} %`;

  Object.assign(studio, { picture, reading, readingWords, placeOf, spelledPlace, readPlace, exampleClasses: CLASSES });
})();
