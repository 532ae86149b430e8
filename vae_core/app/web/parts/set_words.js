// The page speaks of digits; beside a model of another set it speaks of pictures.

const NAMES = ["aria-label", "title", "placeholder"];
const KEPT = "script, style, code, pre, option, [data-of=mnist]"; // the last is of digits always

/**
 * A text about digits as one about pictures.
 *
 * @param {string} text
 */
export const inPictures = (text) =>
  text
    .replace(/\b(D|d)igit(s?)\b/g, (_, d, s) => `${d === "D" ? "P" : "p"}icture${s}`)
    .replace(/\b(an? )(hand-?drawn |handwritten )picture\b/g, "a picture");

/** @param {Node} node */
function amend(node) {
  if (node instanceof Text) {
    if (node.parentElement?.closest(KEPT)) return;
    const said = inPictures(node.data);
    if (said !== node.data) node.data = said;
  } else if (node instanceof Element) {
    if (node.closest(KEPT)) return;
    for (const name of NAMES) {
      const text = node.getAttribute(name);
      const said = text === null ? null : inPictures(text);
      if (said !== null && said !== text) node.setAttribute(name, said);
    }
    for (const child of node.childNodes) amend(child);
  }
}

/** From now on, in all that the page holds and gets. */
export function sayPictures() {
  amend(document.body);
  const watched = { childList: true, characterData: true, subtree: true, attributeFilter: NAMES };
  new MutationObserver((changes) => {
    for (const { type, target, addedNodes } of changes) {
      if (type === "childList") for (const node of addedNodes) amend(node);
      else amend(target);
    }
  }).observe(document.body, watched);
}
