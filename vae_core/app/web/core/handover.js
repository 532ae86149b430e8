// Panels open each other, and hand over pictures and codes.

import { openPanels } from "./boot.js";
import { emit } from "./events.js";
import { mirror, set, state, travel } from "./state.js";

/** @import { Parcel, Picture } from "./types.js" */

/** @type {Map<string, (parcel: Parcel) => void>} */
const receivers = new Map();
/** @type {Map<string, Parcel>} */
const waiting = new Map();

/**
 * @param {string} panel
 * @param {{ travelling?: boolean }} [how]
 */
export function openPanel(panel, how) {
  const label = panel[0].toUpperCase() + panel.slice(1);
  /** @type {NodeListOf<HTMLElement>} */
  const tabs = document.querySelectorAll("[role=tab]");
  const isItsTab = (/** @type {HTMLElement} */ tab) =>
    tab.dataset.tabId === panel || tab.textContent?.trim() === label;
  set({ panel }, how); // before the click, which would set it as a step of the visitor's own
  [...tabs].find(isItsTab)?.click();
}

/** Back and Forward go from panel to panel, and to what each showed then. */
export function followHistory() {
  window.addEventListener("popstate", () => {
    const { panel } = state;
    emit("leave");
    travel();
    if (state.panel !== panel) openPanel(state.panel, { travelling: true });
    emit("arrive");
  });
}

/**
 * Open a panel and hand it a picture or a code, of the chosen model unless `checkpoint` says
 * otherwise. It waits if the panel is not there yet.
 *
 * @param {string} panel
 * @param {Parcel} parcel
 */
export function send(panel, parcel) {
  if (!openPanels.includes(panel)) return; // left out of this lesson
  waiting.set(panel, { checkpoint: state.model, ...parcel });
  openPanel(panel);
  emit("given", panel);
  deliver(panel);
  mirror(); // a hand may go back before the next mirroring
}

/**
 * What to do with a parcel for a panel.
 *
 * @param {string} panel
 * @param {(parcel: Parcel) => void} receive
 */
export function onParcel(panel, receive) {
  receivers.set(panel, receive);
  queueMicrotask(() => deliver(panel));
}

/**
 * The digit that a picture is, as base64; null for a picture that is still to be digitized.
 *
 * @param {Picture} picture
 */
export const pixelsIn = (picture) =>
  typeof picture === "object" && "pixels" in picture ? picture.pixels : null;

/** @param {string} panel */
function deliver(panel) {
  const parcel = waiting.get(panel);
  const receive = receivers.get(panel);
  if (!receive || !parcel) return;
  waiting.delete(panel);
  receive(readable(parcel));
}

/**
 * A code means nothing to another model, which reads the picture that stands for it instead.
 *
 * @param {Parcel} parcel
 * @returns {Parcel}
 */
function readable({ z, ...parcel }) {
  if (!z || parcel.checkpoint === state.model) return { z, ...parcel };
  return parcel.pixels ? { ...parcel, picture: { pixels: parcel.pixels } } : parcel;
}
