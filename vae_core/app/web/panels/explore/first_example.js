// What the page of another set begins with: an example of its last class.

import { boot } from "../../core/boot.js";
import { classes, placeOf } from "../../core/examples.js";
import { example } from "../../draw/examples.js";

/** Its pixels and its place on the sheet; null where the set has none. */
export async function firstExample() {
  const place = placeOf(classes.at(-1) ?? 0, 0);
  if (!boot.examples.url || place === undefined) return null;
  return { pixels: await example(place), place };
}
