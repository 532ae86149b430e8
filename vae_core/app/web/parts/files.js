// Pictures as files: chosen, dropped, pasted, and what is handed out to be kept.

import { StudioError } from "../core/errors.js";
import { make } from "./nodes.js";

const MEGABYTE = 2 ** 20;
const LARGEST = 30 * MEGABYTE;
const URL_MS = 10000; // that a browser may take to begin a download

/**
 * A file as a data URI.
 *
 * Throws a StudioError where it is none, empty, too large or cannot be read.
 *
 * @param {Blob | null | undefined} file
 * @returns {Promise<string>}
 */
export async function readPicture(file) {
  if (!file) throw new StudioError("There is no picture in what was given.");
  if (!file.size) throw new StudioError("The picture is empty: the file holds 0 bytes.");
  if (file.size > LARGEST) {
    const size = Math.round(file.size / MEGABYTE);
    const most = LARGEST / MEGABYTE;
    throw new StudioError(`The picture has ${size} MB; up to ${most} MB are taken.`);
  }
  return new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () =>
      fail(new StudioError("The file could not be read; please choose it again."));
    reader.readAsDataURL(file);
  });
}

/**
 * The file of a drop or a paste: its first one, preferring what calls itself an image.
 *
 * @param {DataTransfer | null} transfer
 * @returns {File | null}
 */
export function fileOf(transfer) {
  const files = [...(transfer?.files ?? [])];
  return files.find((file) => file.type.startsWith("image/")) ?? files[0] ?? null;
}

/** The picture in the clipboard; throws a StudioError where none can be had. */
export async function readClipboard() {
  if (!navigator.clipboard?.read) {
    throw new StudioError(
      "This browser does not hand over the clipboard; press Ctrl+V here instead.",
    );
  }
  const items = await navigator.clipboard.read().catch(() => {
    throw new StudioError(
      "The browser did not allow reading the clipboard; press Ctrl+V here instead, or choose a file.",
    );
  });
  for (const item of items) {
    const type = item.types.find((name) => name.startsWith("image/"));
    if (type) return item.getType(type);
  }
  throw new StudioError("There is no picture in the clipboard; copy one first.");
}

/**
 * Hand out a file.
 *
 * @param {string} name
 * @param {Blob | string} content
 * @param {string} [type] of a text
 */
export function download(name, content, type = "text/plain") {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const href = URL.createObjectURL(blob);
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), URL_MS);
}

/**
 * Hand out values as JSON.
 *
 * @param {string} name
 * @param {object} values
 * @param {number} [indent]
 */
export const downloadJson = (name, values, indent) =>
  download(name, JSON.stringify(values, null, indent), "application/json");

/**
 * Show lines to be copied, and copy them where the browser allows it.
 *
 * @param {HTMLElement} box
 * @param {string} lines
 */
export function offerText(box, lines) {
  box.textContent = lines;
  box.hidden = false;
  navigator.clipboard?.writeText(lines).catch(() => {}); // it can be copied by hand
}

/**
 * The same at one press, and away at the next.
 *
 * @param {HTMLElement} box
 * @param {() => string} lines
 */
export function toggleText(box, lines) {
  if (box.hidden) offerText(box, lines());
  else box.hidden = true;
}
