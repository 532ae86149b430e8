// Words and elements from data. A name of a folder, a title or a sentence of the server becomes a
// text node here, never markup: nothing that comes from a file or a visitor is parsed as HTML.
//
// No template library: the panels' markup stands in HTML files, and what changes afterwards is a
// text here and a canvas there, sixty times a second. Only short lists are ever built.

/** @typedef {Node | string | null | undefined} Child null and undefined are left out */
/** @typedef {Node | string | number | (Node | string)[]} Words what a template takes */

/**
 * An element with properties (className, textContent, title, ...) and children.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Partial<Record<keyof HTMLElementTagNameMap[Tag], unknown>>} [properties]
 * @param {...(Child | Child[])} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, properties = {}, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return /** @type {HTMLElementTagNameMap[Tag]} */ (made);
}

/**
 * Set attributes that have no property of the same name.
 *
 * @template {Element} T
 * @param {T} element
 * @param {Record<string, string | number | boolean>} attributes
 * @returns {T}
 */
export function attributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    element.setAttribute(name, String(value));
  }
  return element;
}

/**
 * A button with words on it.
 *
 * @param {Child | Child[]} words
 * @param {Partial<Record<keyof HTMLButtonElement, unknown>>} [properties]
 * @param {(event: MouseEvent) => void} [onclick]
 */
export function button(words, properties = {}, onclick) {
  const made = make("button", { type: "button", ...properties }, words);
  if (onclick) made.addEventListener("click", onclick);
  return made;
}

/**
 * Another text in an element that holds nothing else: its node stays, for a new one is laid out anew,
 * which shows where a number changes sixty times a second.
 *
 * @param {Element} element
 * @param {string} words
 */
export function setText(element, words) {
  const { firstChild } = element;
  if (firstChild instanceof Text) firstChild.data = words;
  else element.textContent = words;
}

/**
 * Template tag: text`Of ${num(3)} models ${bold(name)} …` is a fragment of text and elements.
 *
 * @param {TemplateStringsArray} strings
 * @param {...Words} values
 */
export function text(strings, ...values) {
  const made = document.createDocumentFragment();
  strings.forEach((string, i) => {
    made.append(string);
    for (const value of [values[i] ?? ""].flat()) {
      made.append(value instanceof Node ? value : String(value));
    }
  });
  return made;
}

/**
 * Fragments, elements and strings as one list with something between, for `text` or `append`.
 *
 * @param {(Node | string)[]} parts
 * @returns {(Node | string)[]}
 */
export const joined = (parts, between = " ") =>
  parts.flatMap((part, i) => (i ? [between, part] : [part]));

/**
 * A figure in the mono face: words that `number` and its like made, or any others.
 *
 * @param {string | number} words
 * @param {string} [hue] class of a quantity's colour
 */
export const num = (words, hue = "") =>
  make("span", { className: hue ? `num ${hue}` : "num", textContent: String(words) });

/** @param {string | number} words */
export const bold = (words) => make("b", { textContent: String(words) });

/**
 * An element of SVG.
 *
 * @param {string} name
 * @param {Record<string, string | number>} [given]
 * @param {...(Node | string)} children
 * @returns {SVGElement}
 */
export function shape(name, given = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  attributes(made, given).append(...children);
  return /** @type {SVGElement} */ (made);
}

/**
 * A drawing of 16 x 16 that stands on a button, of one path.
 *
 * @param {string} d of the path
 */
export function icon(d) {
  const line = { fill: "none", stroke: "currentColor", "stroke-width": 1.5 };
  const ends = { "stroke-linecap": "round", "stroke-linejoin": "round" };
  const path = shape("path", { d, ...line, ...ends });
  return shape("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, path);
}

/**
 * The first element that a selector finds in `root`.
 *
 * Throws where there is none of that kind.
 *
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} [kind] HTMLElement by default
 * @returns {T}
 */
export function find(root, selector, kind) {
  const found = root.querySelector(selector);
  if (!(found instanceof (kind ?? HTMLElement))) throw new TypeError(`there is no ${selector}`);
  return /** @type {T} */ (found);
}

/**
 * All elements that a selector finds in `root`, of one kind.
 *
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @param {new () => T} [kind] HTMLElement by default
 * @returns {T[]}
 */
export function findAll(root, selector, kind) {
  const found = [...root.querySelectorAll(selector)];
  return /** @type {T[]} */ (found.filter((each) => each instanceof (kind ?? HTMLElement)));
}

/**
 * Show which buttons of a group are pressed.
 *
 * @param {Iterable<Element>} buttons
 * @param {(button: HTMLElement) => boolean} isPressed
 */
export function press(buttons, isPressed) {
  for (const each of buttons) {
    each.setAttribute("aria-pressed", String(isPressed(/** @type {HTMLElement} */ (each))));
  }
}

/**
 * As many children in `row` as `count`, the new ones made, the others left as they are.
 *
 * @param {Element} row
 * @param {number} count
 * @param {(place: number) => Element} makeOne
 */
export function resize(row, count, makeOne) {
  while (row.children.length > count) row.lastElementChild?.remove();
  while (row.children.length < count) row.append(makeOne(row.children.length));
}

/**
 * A sentence in the panel's place for messages; nothing hides it.
 *
 * @param {ParentNode | null} root
 * @param {string | null} [sentence]
 */
export function say(root, sentence) {
  const box = root?.querySelector('[data-testid="message"]');
  if (!(box instanceof HTMLElement)) return;
  box.textContent = sentence ?? "";
  box.hidden = !sentence;
}

/**
 * Colour the part of a range that is left of its handle.
 *
 * @param {HTMLInputElement} range
 */
export function fillRange(range) {
  const [value, low, high] = [range.value, range.min, range.max].map(Number);
  range.style.setProperty("--from", "0%");
  range.style.setProperty("--to", `${(100 * (value - low)) / (high - low)}%`);
}

/**
 * What the button `data-do="name"` does.
 *
 * @param {ParentNode} root
 * @param {string} name
 * @param {(event: Event) => void} act
 */
export const onClick = (root, name, act) =>
  find(root, `button[data-do=${name}]`).addEventListener("click", act);
