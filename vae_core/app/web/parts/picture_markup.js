// The elements of a picture input.

import { PAD } from "../draw/strokes.js";
import { attributes, button, icon, make } from "./nodes.js";

const ICONS = {
  upload: "M8 11V3M4.5 6.5 8 3l3.5 3.5M3 10v3h10v-3",
  paste: "M5 3.5H3.5v10h9v-10H11M6 2.5h4v2.5H6z",
  camera: "M2.5 5h2.6l1-1.5h3.8l1 1.5h2.6v7.5h-11zM8 10.6a2.1 2.1 0 1 0 0-4.2 2.1 2.1 0 0 0 0 4.2z",
  undo: "M6.5 3.5 3 7l3.5 3.5M3.4 7H9a3.6 3.6 0 0 1 0 7.2H7",
  clear: "M4 4l8 8M12 4l-8 8",
  other: "M3 6.5A5.2 5.2 0 0 1 12.6 5M13 2.5V5.4h-3M13 9.5A5.2 5.2 0 0 1 3.4 11M3 13.5v-2.9h3",
};
const ACCEPT = "image/*,.heic,.heif,.avif,.tif,.tiff";
const FILES = "Choose a picture file: JPEG, PNG, HEIC, WebP, … up to 30 MB; or drop one here";

/**
 * @param {keyof typeof ICONS} name
 * @param {string} label
 * @param {{ words?: string, title?: string }} [more] words that stand beside the icon
 */
export function iconButton(name, label, { words, title = label } = {}) {
  const made = button([icon(ICONS[name]), words ? make("span", {}, words) : null], { title });
  made.dataset.do = name;
  return attributes(made, { "aria-label": label });
}

/**
 * The pad with what lies over it.
 *
 * @param {string} label
 * @param {string} testid
 */
function stage(label, testid) {
  const canvas = make("canvas", { width: PAD, height: PAD });
  canvas.dataset.testid = testid;
  const how =
    "drawing pad for mouse, finger or pen; without one, upload a picture or take an example";
  attributes(canvas, { role: "img", "aria-label": `${label}: ${how}` });
  const hint = make("span", { className: "picture-hint" }, "draw here");
  const boxes = make("div", { className: "picture-boxes" });
  attributes(boxes, { role: "group", "aria-label": "Digits found in the picture" });
  const video = make("video", { muted: true, playsInline: true });
  const shoot = button("Take the picture", { className: "primary" });
  shoot.dataset.do = "shoot";
  const cancel = button("Cancel");
  cancel.dataset.do = "cancel";
  const row = make("div", { className: "row" }, shoot, cancel);
  const camera = make("div", { className: "picture-camera", hidden: true }, video, row);
  const parts = [canvas, attributes(hint, { "aria-hidden": true }), boxes, camera];
  return {
    element: make("div", { className: "picture-stage" }, ...parts),
    canvas,
    hint,
    boxes,
    camera,
    video,
  };
}

/**
 * Upload, paste, camera, undo, clear.
 *
 * @param {string} label
 * @param {string} testid
 */
function tools(label, testid) {
  const file = make("input", { type: "file", className: "sr-only", accept: ACCEPT });
  file.dataset.testid = testid;
  attributes(file, { "aria-label": `${label}: upload a picture` });
  const upload = make(
    "label",
    { className: "button", title: FILES },
    icon(ICONS.upload),
    make("span", {}, "Upload"),
    file,
  );
  const undo = iconButton("undo", "Undo the last stroke");
  undo.disabled = true;
  const element = make(
    "div",
    { className: "picture-tools" },
    upload,
    iconButton("paste", "Paste", {
      words: "Paste",
      title: "Paste a picture from the clipboard (Ctrl+V)",
    }),
    iconButton("camera", "Camera", { words: "Camera", title: "Take a picture with the camera" }),
    undo,
    iconButton("clear", "Clear the pad"),
  );
  return { element, file, undo };
}

/**
 * Build the input in `root`.
 *
 * @param {HTMLElement} root
 * @param {string} label
 * @param {{ upload: string, pad: string }} testids
 */
export function pictureMarkup(root, label, testids) {
  const { element: pad, ...padParts } = stage(label, testids.pad);
  const { element: row, ...toolParts } = tools(label, testids.upload);
  const examples = make("div", { className: "picture-examples" });
  const words = `${label}: example digits from the MNIST test set`;
  attributes(examples, { role: "group", "aria-label": words });
  root.classList.add("picture");
  root.replaceChildren(pad, row, examples);
  return { ...padParts, ...toolParts, examples };
}
