// The buttons above the map.

import { linked } from "../../core/state.js";
import { find, findAll, make, press } from "../../parts/nodes.js";

/** @import { MapCanvas } from "./canvas.js" */

/** @type {Record<string, string>} */
const NAMES = {
  whole: "z itself",
  pca: "PCA",
  lda: "classes part most (LDA)",
  three: "through three codes",
  tsne: "t-SNE (static)",
};
const ZOOM_STEP = 1.4;

/**
 * What the buttons need of the panel.
 *
 * @typedef {object} Panel
 * @property {HTMLElement} root
 * @property {MapCanvas} map
 * @property {boolean} isLasso
 * @property {{ show: (shown: boolean) => void }} behind
 * @property {() => void} moved
 * @property {(kind: string) => void} load
 */

/** @param {Panel} panel */
export function mountTools(panel) {
  const { root, map } = panel;
  const planes = find(root, "[data-do=plane]", HTMLSelectElement);
  planes.addEventListener("change", () => panel.load(planes.value));
  mountModes(panel);
  linkedToggle(root, "density", true, (isOn) => {
    map.back.isDensityShown = isOn;
    map.draw({ points: false });
  });
  linkedToggle(root, "manifold", false, (isOn) => panel.behind.show(isOn));
  toggle(root, "lasso", (isOn) => {
    panel.isLasso = isOn;
  });
  mountZoom(panel);
}

/** @typedef {"auto" | "dots" | "digits"} Mode */

/** @param {Panel} panel */
function mountModes({ root, map }) {
  const buttons = findAll(root, "[data-mode]");
  const show = (/** @type {Mode} */ mode) => {
    map.mode = mode;
    press(buttons, ({ dataset }) => dataset.mode === mode);
    map.draw({ back: false });
  };
  const keep = linked("dots", (text) => show(text === "dots" || text === "digits" ? text : "auto"));
  for (const each of buttons) {
    each.addEventListener("click", () => {
      const mode = /** @type {Mode} */ (each.dataset.mode);
      show(mode);
      keep(mode === "auto" ? null : mode);
    });
  }
}

/** @param {Panel} panel */
function mountZoom(panel) {
  const { root, map } = panel;
  /** @type {Record<string, () => void>} */
  const moves = {
    nearer: () => map.view.zoomAt(ZOOM_STEP, ...crossOf(map)),
    further: () => map.view.zoomAt(1 / ZOOM_STEP, ...crossOf(map)),
    fit: () => map.view.fit(),
  };
  for (const [name, move] of Object.entries(moves)) {
    find(root, `[data-do=${name}]`).addEventListener("click", () => {
      move();
      panel.moved();
    });
  }
}

/**
 * @param {MapCanvas} map
 * @returns {[] | [number, number]}
 */
const crossOf = ({ at, view }) => (at ? view.screen(...at) : []);

/**
 * @param {HTMLElement} root
 * @param {string} name
 * @param {(isOn: boolean) => void} onchange by hand
 */
function toggle(root, name, onchange) {
  const made = find(root, `[data-do=${name}]`);
  made.addEventListener("click", () => {
    const isOn = made.getAttribute("aria-pressed") !== "true";
    made.setAttribute("aria-pressed", String(isOn));
    onchange(isOn);
  });
}

/**
 * A toggle whose state is in the link where it is not the usual one.
 *
 * @param {HTMLElement} root
 * @param {string} name of the button, and of the field
 * @param {boolean} usual
 * @param {(isOn: boolean) => void} show
 */
function linkedToggle(root, name, usual, show) {
  const keep = linked(name, (text) => {
    const isOn = text === null ? usual : text === "1";
    find(root, `[data-do=${name}]`).setAttribute("aria-pressed", String(isOn));
    show(isOn);
  });
  toggle(root, name, (isOn) => {
    show(isOn);
    keep(isOn === usual ? null : String(Number(isOn)));
  });
}

/**
 * The planes that a model has.
 *
 * @param {HTMLElement} root
 * @param {string[]} planes
 * @param {string} chosen
 */
export function showPlanes(root, planes, chosen) {
  const select = find(root, "[data-do=plane]", HTMLSelectElement);
  const options = planes.map((value) => make("option", { value, textContent: NAMES[value] }));
  select.replaceChildren(...options);
  select.value = chosen;
}
