// What leaves Interpolate: the way as GIF, PNG, JSON or lines of Python.

import { png } from "../../draw/png.js";
import { download, downloadJson, toggleText } from "../../parts/files.js";
import { find } from "../../parts/nodes.js";
import { python } from "./python.js";

/** @import { Model } from "../../core/types.js" */
/** @import { Read } from "./end.js" */
/** @import { WayStrips } from "./strips.js" */

const LAYOUT = { gap: 2, scale: 8 };

/**
 * @typedef {object} Kept
 * @property {Model} model
 * @property {{ a: Read, b: Read }} ends
 * @property {WayStrips} strips with a way
 * @property {string} path
 * @property {(number | null)[] | null} labels
 * @property {() => Promise<{ gif: BlobPart }>} film
 */

/**
 * @param {HTMLElement} root of the panel
 * @param {string} kind
 * @param {Kept} kept
 */
export async function handOut(root, kind, { model, ends, strips, path, labels, film }) {
  const z = strips.way?.z ?? [];
  const file = `path-${model.name}.${kind}`;
  if (kind === "gif") download(file, new Blob([(await film()).gif], { type: "image/gif" }));
  else if (kind === "png") download(file, await png(strips.rows, LAYOUT));
  else if (kind === "json") {
    const values = { checkpoint: model.name, path, steps: z.length, z };
    downloadJson(file, labels ? { ...values, labels } : values);
  } else {
    const lines = () => python(model, ends, { path, steps: z.length, labels });
    toggleText(find(root, ".python"), lines);
  }
}
