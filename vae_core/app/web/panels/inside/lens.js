// What is said of the part that one points at: its formula in numbers, and the code behind it.

import { find, make, text } from "../../parts/nodes.js";

/** @import { Lines } from "./types.js" */
/** @import { Said } from "./parts.js" */

/**
 * @param {Lines} lines
 * @returns {HTMLElement}
 */
export function codeOf({ file, name, first, text: source, marked }) {
  const all = source.split("\n");
  const meant = new Set(marked.map((line) => line - first));
  const short = all.filter((_, i) => meant.has(i)).map((line) => line.trim());
  const whole = all.map((line, i) => (meant.has(i) ? make("mark", {}, `${line}\n`) : `${line}\n`));
  const where = `${file}, line ${marked[0]}`;
  const title = make(
    "summary",
    { title: `${name} in ${where}` },
    make("span", {}, name),
    " ",
    make("span", { className: "where" }, where),
  );
  return make(
    "div",
    { className: "code" },
    make("pre", {}, make("code", { textContent: short.join("\n") })),
    make("details", {}, title, make("pre", { tabIndex: 0 }, make("code", {}, ...whole))),
  );
}

/**
 * Show it; the code stays as it is while one moves within a part.
 *
 * @param {HTMLElement} lens
 * @param {Said} said
 * @param {string} key of the part
 */
export function showLens(lens, said, key) {
  if (lens.dataset.part !== key) {
    lens.dataset.part = key;
    lens.replaceChildren(
      make("h2", { className: "lens-title" }),
      make("div", { className: "lens-lines" }),
      make("div", { className: "lens-code" }, ...said.code.map(codeOf)),
    );
    lens.querySelector(".lens-lines")?.setAttribute("aria-live", "polite");
  }
  find(lens, ".lens-title").textContent = said.title;
  find(lens, ".lens-lines").replaceChildren(
    ...said.lines.map((line) => make("p", {}, text`${line}`)),
  );
}
