// studio.hold: scroll to a place and stay there while what stands above it still loads.
(() => {
  "use strict";
  const { studio } = window;
  const HANDS = ["wheel", "touchstart", "pointerdown", "keydown"];
  let release = () => {};

  /**
   * Bring `target` to the top of the window, and again whenever the page changes its height, until
   * the visitor moves or another place is held. The page's own scroll anchoring is no help here: it
   * leaves a scroll that is under way alone, whose end then lies where the target was.
   */
  function hold(target, { behavior = "auto" } = {}) {
    release();
    target.scrollIntoView({ behavior, block: "start" });
    let height = document.body.scrollHeight;
    const watcher = new ResizeObserver(() => {
      if (document.body.scrollHeight === height) return; // what it says on arrival
      height = document.body.scrollHeight;
      target.scrollIntoView({ behavior: "auto", block: "start" });
    });
    watcher.observe(document.body);
    const forget = studio.on("panel", () => release());
    release = () => {
      watcher.disconnect();
      forget();
      for (const kind of HANDS) window.removeEventListener(kind, release, true);
      release = () => {};
    };
    for (const kind of HANDS) window.addEventListener(kind, release, { capture: true, passive: true });
  }

  studio.hold = hold;
})();
