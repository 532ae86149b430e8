// Scroll to a place and stay there while what stands above it still loads.

import { on } from "../core/events.js";

const HANDS = ["wheel", "touchstart", "pointerdown", "keydown"];
const NOTHING = () => {};
let release = NOTHING;

/**
 * Bring `target` to the top of the window, and again whenever the page changes its height, until
 * the visitor moves or another place is held. The page's own scroll anchoring is no help here: it
 * leaves a scroll that is under way alone, whose end then lies where the target was.
 *
 * @param {Element} target
 * @param {{ behavior?: ScrollBehavior }} [how] of the first scroll
 */
export function hold(target, { behavior = "auto" } = {}) {
  release();
  target.scrollIntoView({ behavior, block: "start" });
  let height = document.body.scrollHeight;
  const watcher = new ResizeObserver(() => {
    if (document.body.scrollHeight === height) return; // what it reports on arrival
    height = document.body.scrollHeight;
    target.scrollIntoView({ behavior: "auto", block: "start" });
  });
  watcher.observe(document.body);
  const forget = on("panel", () => release());
  const end = () => {
    watcher.disconnect();
    forget();
    for (const kind of HANDS) window.removeEventListener(kind, end, true);
    release = NOTHING;
  };
  release = end;
  for (const kind of HANDS) window.addEventListener(kind, end, { capture: true, passive: true });
}
