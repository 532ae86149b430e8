// The tabs: which of them there are, arrow keys, one tab stop, and names for whoever listens.
// Gradio's are plain buttons, each a stop of its own, and their list and panels have no name.
(() => {
  "use strict";
  const { studio } = window;

  /** ?panel= opens a panel without a visit to the first, ?panels= leaves the others out. */
  function preselect() {
    const config = window.gradio_config;
    const tabs = config && config.components && config.components.find((c) => c.type === "tabs");
    if (!tabs) return;
    tabs.props.selected = studio.state.panel;
    for (const part of config.components) {
      if (part.type === "tabitem") part.props.visible = studio.lesson.includes(part.props.id);
    }
    for (const panel of studio.panels) {
      document.documentElement.classList.toggle(`without-${panel}`, !studio.lesson.includes(panel));
    }
  }

  const tabOf = (event) => event.target.closest && event.target.closest("[role=tab][data-tab-id]");

  function follow() {
    document.addEventListener("click", (event) => {
      const tab = tabOf(event);
      if (tab) studio.set({ panel: tab.dataset.tabId });
    });
    document.addEventListener("keydown", (event) => {
      const tab = tabOf(event);
      if (!tab) return;
      const all = [...tab.parentElement.querySelectorAll("[role=tab]")];
      const at = all.indexOf(tab);
      const next = { ArrowRight: all[at + 1] || all[0], ArrowLeft: all.at(at - 1), Home: all[0], End: all.at(-1) }[event.key];
      if (!next) return;
      event.preventDefault();
      next.focus();
      next.click();
    });
  }

  /** Names, and the chosen tab as the one stop of the Tab key. */
  function describe(list) {
    list.setAttribute("aria-label", "Panels");
    for (const tab of list.querySelectorAll("[role=tab]")) {
      tab.tabIndex = tab.getAttribute("aria-selected") === "true" ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls"))?.setAttribute("aria-labelledby", tab.id);
    }
  }

  /** Once Gradio has built the tabs, and again whenever it changes them. */
  function watch() {
    const arrival = new MutationObserver(() => {
      const list = document.querySelector("[role=tablist]");
      if (!list) return;
      arrival.disconnect();
      describe(list);
      new MutationObserver(() => describe(list)).observe(list, { subtree: true, childList: true, attributeFilter: ["aria-selected"] });
      studio.on("panel", () => requestAnimationFrame(() => describe(list))); // its panel may be new
    });
    arrival.observe(document.documentElement, { childList: true, subtree: true });
  }

  preselect();
  follow();
  watch();
})();
