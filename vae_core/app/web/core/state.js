// The one state of the page: what is chosen, mirrored in the address, announced to whoever listens.

import { readAddress, spelled, writeAddress } from "./address.js";
import { boot, modelNamed, models, openPanels } from "./boot.js";
import { emit } from "./events.js";

/** @import { Model, State } from "./types.js" */

const MIRROR_MS = 250; // browsers throttle replaceState, and a drag changes z sixty times a second

export const state = readAddress(location.search, {
  models,
  chosen: boot.chosen,
  panels: openPanels,
});

const opened = new URLSearchParams(location.search);
/** @type {Record<string, string | null>} */
const kept = {};
/** @type {ReturnType<typeof setTimeout> | undefined} */
let mirroring;

/**
 * What the address said of a field when the page was opened.
 *
 * @param {string} field
 */
export const openedWith = (field) => opened.get(field);

/** What a visitor should know on arrival. */
export const notices = unknownModel(openedWith("model"));

/** @param {string | null} name */
function unknownModel(name) {
  if (!name || modelNamed(name)) return [];
  return [`There is no model called “${name}” here; showing ${state.model} instead.`];
}

/** @returns {Model | null} the chosen model */
export const model = () => modelNamed(state.model);

/** The digit that a call gives to the model, null where it takes none. */
export const givenLabel = () => (model()?.takes_labels ? state.label : null);

/** Write the state into the address now. */
export function mirror() {
  const takesLabels = Boolean(model()?.takes_labels);
  const text = writeAddress(location.href, state, { takesLabels, kept });
  if (text !== location.href) history.replaceState({ panel: state.panel }, "", text);
}

function mirrorSoon() {
  clearTimeout(mirroring);
  mirroring = setTimeout(mirror, MIRROR_MS);
}

/**
 * Keep more fields in the address; null takes one out of it.
 *
 * @param {Record<string, string | null>} fields
 */
export function keep(fields) {
  Object.assign(kept, fields);
  mirrorSoon();
}

/**
 * Merge a patch into the state, mirror it, tell whoever listens.
 *
 * @param {Partial<State>} patch
 * @param {{ travelling?: boolean }} [how] travelling: by Back or Forward, whose place is in the
 *   history already
 */
export function set(patch, { travelling = false } = {}) {
  const before = { ...state };
  if (patch.panel && patch.panel !== state.panel && !travelling) pushPanel(patch.panel);
  const leavesCode = patch.model && patch.model !== state.model && !("u" in patch);
  Object.assign(state, patch, leavesCode ? { u: null } : {});
  mirrorSoon();
  if (state.model !== before.model) emit("model", state.model);
  if (state.panel !== before.panel) emit("panel", state.panel);
  emit("change", patch);
}

/**
 * Another panel is a step that Back takes back; whatever else changes belongs to its place.
 *
 * @param {string} panel
 */
function pushPanel(panel) {
  mirror();
  const url = new URL(location.href);
  url.searchParams.set("panel", panel);
  history.pushState({ panel }, "", spelled(url));
}
