// The tabs: arrow keys, one tab stop, and names for whoever listens. Gradio's are plain buttons,
// each a stop of its own, and their list and panels have no name.

import { on } from "../core/events.js";
import { openPanel } from "../core/handover.js";
import { set } from "../core/state.js";
import { findAll } from "./nodes.js";

/** @param {Event} event */
function tabOf({ target }) {
  const found = target instanceof Element && target.closest("[role=tab][data-tab-id]");
  return found instanceof HTMLElement ? found : null;
}

/** @param {MouseEvent} event */
function follow(event) {
  const panel = tabOf(event)?.dataset.tabId;
  if (panel) set({ panel });
  const link = event.target instanceof Element && event.target.closest("[data-opens]");
  if (link instanceof HTMLElement) openPanel(link.dataset.opens ?? "");
}

/** @param {KeyboardEvent} event */
function moveFocus(event) {
  const tab = tabOf(event);
  if (!tab?.parentElement) return;
  const all = findAll(tab.parentElement, "[role=tab]");
  const at = all.indexOf(tab);
  /** @type {Record<string, HTMLElement | undefined>} */
  const keys = {
    ArrowRight: all[at + 1] ?? all[0],
    ArrowLeft: all.at(at - 1),
    Home: all[0],
    End: all.at(-1),
  };
  const next = keys[event.key];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.click();
}

/**
 * Names, and the chosen tab as the one stop of the Tab key.
 *
 * @param {Element} list
 */
function describe(list) {
  list.setAttribute("aria-label", "Panels");
  for (const tab of findAll(list, "[role=tab]")) {
    tab.tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
    const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
    panel?.setAttribute("aria-labelledby", tab.id);
  }
}

/** Once Gradio has built the tabs, and again whenever it changes them. */
function watch() {
  const list = document.querySelector("[role=tablist]");
  if (!list) return false;
  describe(list);
  const changes = { subtree: true, childList: true, attributeFilter: ["aria-selected"] };
  new MutationObserver(() => describe(list)).observe(list, changes);
  on("panel", () => requestAnimationFrame(() => describe(list))); // its panel may be new
  return true;
}

/** Make the tabs usable by keys and known to the address. */
export function mountTabs() {
  document.addEventListener("click", follow);
  document.addEventListener("keydown", moveFocus);
  openPressed();
  if (watch()) return;
  const arrival = new MutationObserver(() => watch() && arrival.disconnect());
  arrival.observe(document.documentElement, { childList: true, subtree: true });
}

/** The tab that was pressed last before anybody listened; preselect.js remembers it. */
function openPressed() {
  const { dataset } = document.documentElement;
  const { pressed } = dataset;
  delete dataset.pressed;
  document.dispatchEvent(new Event("studio-awake"));
  if (pressed) openPanel(pressed);
}
