// A model of another data set: the page opens again, since examples, classes and words change.

import { isOfPageSet } from "./boot.js";
import { on } from "./events.js";
import { mirror, state } from "./state.js";

/**
 * The address of a model by itself: codes and pictures of another set mean nothing to it.
 *
 * @param {string} href of the page
 * @param {string} name of the model
 * @param {string} panel
 */
export function addressOf(href, name, panel) {
  const address = new URL(href);
  address.search = new URLSearchParams({ panel, model: name }).toString();
  address.hash = "";
  return address.toString();
}

/**
 * Whether choosing a model opened the page again.
 *
 * @param {string} name
 */
export function openedAnew(name) {
  if (isOfPageSet(name)) return false;
  location.assign(addressOf(location.href, name, state.panel));
  return true;
}

/** However else a model of another set comes: from a lesson, or by Back and Forward. */
export function watchSet() {
  on("model", () => {
    if (isOfPageSet(state.model)) return;
    mirror();
    location.reload();
  });
}
