// The buttons above the map.

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
  const modes = findAll(root, "[data-mode]");
  for (const each of modes) {
    each.addEventListener("click", () => {
      map.mode = /** @type {"auto" | "dots" | "digits"} */ (each.dataset.mode);
      press(modes, (other) => other === each);
      map.draw({ back: false });
    });
  }
  toggle(root, "density", (isOn) => {
    map.back.isDensityShown = isOn;
    map.draw({ points: false });
  });
  toggle(root, "manifold", (isOn) => panel.behind.show(isOn));
  toggle(root, "lasso", (isOn) => {
    panel.isLasso = isOn;
  });
  mountZoom(panel);
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
 * @param {(isOn: boolean) => void} onchange
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
