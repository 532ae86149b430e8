// What a link says of Sample beside the page's own state.

import { within } from "../../core/address.js";
import { openedWith, state } from "../../core/state.js";

export const ANY = "any"; // label of draws that each have one of their own
export const FIELDS = ["digit", "n", "seed", "temperature", "sampler", "around", "spread"];

/** The label in the address: the panel's own, else the one that a link to this panel names. */
export function labelAskedFor() {
  const own = openedWith("digit");
  if (own === ANY) return null;
  if (own !== null) return within(own, 0, 9, null, { whole: true });
  return openedWith("panel") === "sample" ? state.label : null;
}
