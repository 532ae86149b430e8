// Which panels there are and which one is open, before Gradio builds them: the one classic script,
// since a module would come too late. ?panel= opens a panel without a visit to the first, and
// ?panels=explore,sample leaves out the others, for a lesson.
{
  /** @type {{ type: string, props: any }[]} */
  const parts = /** @type {any} */ (window).gradio_config?.components ?? [];
  const items = parts.filter(({ type }) => type === "tabitem");
  /** @type {string[]} */
  const panels = items.map(({ props }) => props.id);
  const query = new URLSearchParams(location.search);
  const lesson = (query.get("panels") ?? "").split(",");
  const some = panels.filter((panel) => lesson.includes(panel));
  const open = some.length ? some : panels;
  const asked = query.get("panel") ?? "";

  for (const { type, props } of parts) {
    if (type === "tabs") props.selected = open.includes(asked) ? asked : open[0];
  }
  for (const { props } of items) props.visible = open.includes(props.id);
  const page = document.documentElement;
  for (const panel of panels) page.classList.toggle(`without-${panel}`, !open.includes(panel));
  page.dataset.panels = open.join(" ");

  // Where the header comes after the tabs, it would push them away from under a press.
  new MutationObserver((_, observer) => {
    if (!document.querySelector(".studio-header")) return;
    page.classList.add("with-header");
    observer.disconnect();
  }).observe(page, { childList: true, subtree: true });

  // Whoever presses a tab before the page is awake opens it all the same, by tabs.js; a swipe that
  // begins there is none.
  const early = new AbortController();
  for (const kind of ["pointerdown", "click", "pointercancel"]) {
    document.addEventListener(
      kind,
      ({ target }) => {
        const tab = target instanceof Element && target.closest("[role=tab][data-tab-id]");
        if (!(tab instanceof HTMLElement)) return;
        page.dataset.pressed = kind === "pointercancel" ? "" : tab.dataset.tabId;
      },
      { capture: true, signal: early.signal },
    );
  }
  document.addEventListener("studio-awake", () => early.abort(), { once: true });
}
