// Words and elements from data. A name of a folder, a title or a sentence of the server becomes a
// text node here, never markup: nothing that comes from a file or a visitor is parsed as HTML.
(() => {
  "use strict";
  const { studio } = window;

  /** An element with properties (className, textContent, title, ...) and children, null left out. */
  function make(tag, properties = {}, ...children) {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children.flat().filter((child) => child !== null && child !== undefined));
    return made;
  }

  /** Template tag: text`Of ${num(3)} models ${bold(name)} …` is a fragment of text and elements. */
  function text(strings, ...values) {
    const made = document.createDocumentFragment();
    strings.forEach((string, i) => {
      made.append(string);
      const value = values[i] ?? "";
      made.append(...(Array.isArray(value) ? value : [value]).map((one) => (one instanceof Node ? one : String(one))));
    });
    return made;
  }

  /** Fragments, elements and strings as one list with something between, for `text` or `append`. */
  function joined(parts, between = " ") {
    return parts.flatMap((part, i) => (i ? [between, part] : [part]));
  }

  /** A figure in the mono face: a number made by `studio.number` and its like, or any words. */
  const num = (words, hue = "") => make("span", { className: hue ? `num ${hue}` : "num", textContent: String(words) });
  const bold = (words) => make("b", { textContent: String(words) });

  /** An element of SVG with attributes and children. */
  function shape(name, attributes = {}, ...children) {
    const made = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  /** One of the page's own drawings, written in our scripts; never made from data. */
  function drawing(markup) {
    const box = document.createElement("template");
    box.innerHTML = markup;
    return box.content.firstElementChild.cloneNode(true);
  }

  Object.assign(studio, { make, shape, text, joined, num, bold, drawing });
})();
