// Files that are dropped on a picture input, or pasted: Ctrl+V goes to the input that was touched
// last, if it can be seen.

import { fileOf, readPicture } from "./files.js";

/** @import { PictureWidget } from "./picture.js" */

/** @type {Set<PictureWidget>} */
const widgets = new Set();
/** @type {PictureWidget | null} */
let touched = null;

/** @param {PictureWidget} widget */
export function listenForPaste(widget) {
  if (!widgets.size) document.addEventListener("paste", paste);
  widgets.add(widget);
  for (const kind of ["pointerdown", "focusin", "pointerenter"]) {
    widget.element.addEventListener(kind, () => {
      touched = widget;
    });
  }
}

/** @param {ClipboardEvent} event */
function paste(event) {
  const { clipboardData, target } = event;
  const visible = [...widgets].filter(({ element }) => element.isConnected && element.offsetParent);
  const receiver = visible.find((widget) => widget === touched) ?? visible[0];
  const types =
    target instanceof Element &&
    target.closest("input:not([type=file]):not([type=range]), textarea");
  if (!receiver || types || !clipboardData?.files.length) return;
  event.preventDefault();
  const file = fileOf(clipboardData);
  receiver.take(() => readPicture(file), "clipboard");
}

/**
 * @param {HTMLElement} root of a picture input
 * @param {(file: File | null) => void} ondrop
 */
export function listenForDrop(root, ondrop) {
  root.addEventListener("dragover", (event) => {
    event.preventDefault();
    root.classList.add("is-over");
  });
  root.addEventListener("dragleave", ({ relatedTarget }) => {
    const inside = relatedTarget instanceof Node && root.contains(relatedTarget);
    if (!inside) root.classList.remove("is-over");
  });
  root.addEventListener("drop", (event) => {
    event.preventDefault();
    root.classList.remove("is-over");
    ondrop(fileOf(event.dataTransfer));
  });
}
