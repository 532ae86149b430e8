// What leaves Explore: to another panel, as a file, as lines of Python, as a link.

import { send } from "../../core/handover.js";
import { givenLabel, mirror } from "../../core/state.js";
import { png } from "../../draw/png.js";
import { download, downloadJson, offerText } from "../../parts/files.js";
import { find, findAll, make } from "../../parts/nodes.js";
import { rounded } from "./code.js";

/** @import { Model } from "../../core/types.js" */

/** @typedef {{ model: Model, u: number[], pixels: string | null }} Shown */

const SCALE = 16; // of a kept picture
const PICTURES = ["reconstruct", "compare", "inside", "use"]; // panels that take a picture, not a code

/**
 * @param {HTMLElement} root of the panel
 * @param {HTMLCanvasElement} canvas
 * @param {() => Shown} shown what is on show now
 */
export function mountHandout(root, canvas, shown) {
  /** @param {string} lines */
  const offer = (lines) => offerText(textBox(root), lines);
  /** @type {Record<string, () => unknown>} */
  const keeps = {
    png: async () => download(`${shown().model.name}.png`, await png([[canvas]], { scale: SCALE })),
    json: () => downloadJson(`${shown().model.name}-z.json`, values(shown())),
    python: () => offer(python(shown())),
    link: () => {
      mirror();
      offer(location.href);
    },
  };
  for (const each of findAll(root, "[data-keep]")) {
    each.addEventListener("click", () => keeps[each.dataset.keep ?? ""]());
  }
  for (const each of findAll(root, "[data-send]")) {
    each.addEventListener("click", () => sendTo(each.dataset.send ?? "", shown()));
  }
  closeMenus(root);
}

/**
 * Menus close once something is chosen, or elsewhere is pressed.
 *
 * @param {HTMLElement} root
 */
function closeMenus(root) {
  document.addEventListener("click", ({ target }) => {
    for (const menu of findAll(root, "details.menu[open]", HTMLDetailsElement)) {
      const inside = target instanceof Element && menu.contains(target);
      if (!inside || target.closest("button")) menu.open = false;
    }
  });
}

/**
 * @param {string} target a panel, or an end of Interpolate
 * @param {Shown} shown
 */
function sendTo(target, { u, pixels }) {
  const code = { z: [...u], label: givenLabel(), from: "explore", ...(pixels ? { pixels } : {}) };
  if (target === "a" || target === "b") send("interpolate", { ...code, end: target });
  else if (!PICTURES.includes(target)) send(target, code);
  else if (pixels) send(target, { picture: { pixels }, from: "explore" });
}

/** @param {Shown} shown */
const values = ({ model, u }) => ({
  checkpoint: model.name,
  z: rounded(u),
  ...(model.takes_labels ? { label: givenLabel() } : {}),
});

/** @param {Shown} shown */
function python({ model, u }) {
  const label = givenLabel();
  const y = label === null ? "" : `, torch.tensor([${label}])`;
  const image = `model.decode(model.from_sliders(u)${y}).mean.clamp(0, 1)`;
  return [
    "import torch, vae_core",
    "",
    `model = vae_core.load(${JSON.stringify(model.name)})`,
    `u = torch.tensor([[${rounded(u).join(", ")}]])`,
    `image = ${image}  # (1, 1, 28, 28), white ink on black`,
  ].join("\n");
}

/** @param {HTMLElement} root */
function textBox(root) {
  const known = root.querySelector(".python");
  if (known instanceof HTMLElement) return known;
  const box = make("pre", { className: "python", tabIndex: 0 });
  find(root, ".toolbar").after(box);
  return box;
}
