// The one state of the page: what is chosen, mirrored in the address, announced to whoever listens.

import { amended, fieldsOf, placesOf, readAddress, writeAddress } from "./address.js";
import { allModels, boot, modelNamed, openPanels } from "./boot.js";
import { emit, on } from "./events.js";
import { isOwnName, ownModels } from "./own.js";

/** @import { Fields } from "./address.js" */
/** @import { Model, State } from "./types.js" */

const MIRROR_MS = 250; // browsers throttle replaceState, and a drag changes z sixty times a second

const known = () => ({
  models: [...allModels, ...ownModels()],
  chosen: boot.chosen,
  panels: openPanels,
});

export const state = readAddress(location.search, known());

let opened = fieldsOf(location.href);
/** @type {Fields} */
const kept = {};
/** @type {Fields} */
const unsent = {};
const ASIDE = "*"; // before the name of what stands in no address
/** @type {Map<string, string>} */
const aside = new Map();
/** @type {ReturnType<typeof setTimeout> | undefined} */
let mirroring;

/**
 * What the address said of a field when the page was opened, or Back and Forward last came here.
 *
 * @param {string} field
 */
export const openedWith = (field) => opened.get(field) ?? null;

/** What a visitor should know on arrival. */
export const notices = unknownModel(openedWith("model"));

/** @param {string | null} name */
function unknownModel(name) {
  if (!name || modelNamed(name)) return [];
  if (isOwnName(name)) {
    return [
      `“${name}” was trained in another visit, which alone has it; showing ${state.model} instead.`,
    ];
  }
  return [`There is no model called “${name}” here; showing ${state.model} instead.`];
}

/**
 * Why a panel that was asked for is not the one on show; null where it is.
 *
 * @param {string | null} panel
 */
export function closedPanel(panel) {
  if (!panel || openPanels.includes(panel)) return null;
  const why = boot.panels.includes(panel)
    ? `The panel ${panel} is left out of this page`
    : `There is no panel called “${panel}” here`;
  return `${why}; showing ${state.panel} instead.`;
}

/** @returns {Model | null} the chosen model */
export const model = () => modelNamed(state.model);

/** The digit that a call gives to the model, null where it takes none. */
export const givenLabel = () => (model()?.takes_labels ? state.label : null);

/** Write the state into the address now. */
export function mirror() {
  const text = addressNow();
  if (text !== location.href) history.replaceState({ panel: state.panel }, "", text);
  emit("mirror");
}

function addressNow() {
  const takesLabels = Boolean(model()?.takes_labels);
  return writeAddress(location.href, state, { takesLabels, kept, unsent });
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
 * Keep more fields after the "#", which no server hears of: pictures.
 *
 * @param {Fields} fields
 */
export function keepUnsent(fields) {
  Object.assign(unsent, fields);
  mirrorSoon();
}

/**
 * Keep a picture, an example in the query and bytes after the "#".
 *
 * @param {string} field
 * @param {string | null} text as `writePlace` or `writePixels` spells it
 */
export function keepPicture(field, text) {
  const isBytes = text?.startsWith("p") ?? false;
  keep({ [field]: isBytes ? null : text });
  keepUnsent({ [field]: isBytes ? text : null });
}

/**
 * Keep what is no part of a link, but can be undone: it stands beside the address.
 *
 * @param {string} field
 * @param {string} text
 */
export function keepAside(field, text) {
  aside.set(ASIDE + field, text);
  mirrorSoon();
}

/**
 * A small setting of a panel in the link: shown as the address has it, now and whenever Back, Forward
 * or undo come to it.
 *
 * @param {string} field
 * @param {(text: string | null) => void} show
 * @returns {(text: string | null) => void} keeps another value, null for the usual one
 */
export function linked(field, show) {
  onTravel([field], () => {
    keep({ [field]: openedWith(field) });
    show(openedWith(field));
  });
  show(openedWith(field));
  return (text) => keep({ [field]: text });
}

/**
 * Call `arrive` when Back, Forward, undo or redo changed one of these fields of the address.
 *
 * @param {string[]} fields
 * @param {() => void} arrive
 */
export const onTravel = (fields, arrive) =>
  on("travel", (/** @type {Set<string>} */ changed) => {
    if (fields.some((field) => changed.has(field))) arrive();
  });

/** All that is kept now, by where it stands. */
export const snapshot = () => new Map([...placesOf(addressNow()), ...aside]);

/**
 * Go to where some of what is kept was otherwise, as a link goes there. Another model is a place of
 * its own in the browser's history.
 *
 * @param {Fields} changes by place, as `snapshot` names them
 */
export function restore(changes) {
  mirror();
  const before = new Map(aside);
  const inLink = Object.entries(changes).filter(([place]) => !place.startsWith(ASIDE));
  for (const [place, text] of Object.entries(changes)) {
    if (place.startsWith(ASIDE)) aside.set(place, text ?? "");
  }
  const href = amended(location.href, Object.fromEntries(inLink));
  const isStep = changes.model !== undefined && changes.model !== state.model;
  if (isStep) history.pushState({ panel: state.panel }, "", href);
  else history.replaceState({ panel: state.panel }, "", href);
  travel(before);
}

/**
 * Back or Forward came here: the state is the address's, and panels hear which fields differ.
 *
 * @param {Map<string, string>} [asideBefore]
 */
export function travel(asideBefore = aside) {
  clearTimeout(mirroring);
  const was = withAside(fieldsOf(addressNow()), asideBefore);
  const { search, searchParams: asSent } = new URL(location.href);
  const inLink = fieldsOf(location.href);
  opened = withAside(inLink, aside);
  const fields = new Set([...was.keys(), ...opened.keys()]);
  const changed = [...fields].filter((field) => was.get(field) !== opened.get(field));
  for (const field of Object.keys(kept)) kept[field] = asSent.get(field);
  for (const field of Object.keys(unsent)) {
    unsent[field] = asSent.has(field) ? null : (inLink.get(field) ?? null);
  }
  set(readAddress(search, known()), { travelling: true });
  emit("travel", new Set(changed));
}

/**
 * @param {Map<string, string>} fields
 * @param {Map<string, string>} beside
 */
const withAside = (fields, beside) =>
  new Map([
    ...fields,
    ...[...beside].map(([place, text]) => /** @type {const} */ ([place.slice(ASIDE.length), text])),
  ]);

/**
 * Merge a patch into the state, mirror it, tell whoever listens. Another panel or model is a step
 * that Back takes back; whatever else changes belongs to its place.
 *
 * @param {Partial<State>} patch
 * @param {{ travelling?: boolean }} [how] travelling: by Back or Forward, whose place is in the
 *   history already
 */
export function set(patch, { travelling = false } = {}) {
  const before = { ...state };
  const isStep = !travelling && (isOther(patch, "panel") || isOther(patch, "model"));
  if (isStep) mirror();
  const leavesCode = patch.model && patch.model !== state.model && !("u" in patch);
  Object.assign(state, patch, leavesCode ? { u: null } : {});
  if (isStep) push();
  else mirrorSoon();
  if (state.model !== before.model) emit("model", state.model);
  if (state.panel !== before.panel) emit("panel", state.panel);
  emit("change", patch);
}

/**
 * @param {Partial<State>} patch
 * @param {"panel" | "model"} field
 */
const isOther = (patch, field) => Boolean(patch[field]) && patch[field] !== state[field];

/** The state is a new place in the history; the one before was mirrored last. */
function push() {
  clearTimeout(mirroring);
  history.pushState({ panel: state.panel }, "", addressNow());
}
