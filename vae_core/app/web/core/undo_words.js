// What a step changed, in words: "Undone: scale".

/** @import { Step } from "./undo.js" */

/** By field of the address, the most telling first: a step may change several. */
/** @type {Record<string, string>} */
const WORDS = {
  model: "model",
  x: "picture",
  compared: "picture",
  example: "picture",
  used: "picture",
  known: "what the small model knows",
  mine: "your picture on the map",
  watched: "the digit that is watched",
  from: "start",
  a: "first digit",
  b: "second digit",
  n: "number of draws",
  seed: "seed",
  temperature: "temperature",
  sampler: "sampler",
  digit: "the digit that is drawn",
  spread: "spread",
  around: "what is drawn around",
  click: "what a click does",
  path: "path",
  steps: "number of steps",
  t: "place on the way",
  plane: "plane of the map",
  corners: "corners of the plane",
  lasso: "lasso",
  class: "chosen class",
  dots: "how digits are shown",
  density: "density",
  manifold: "what lies behind the map",
  pull: "pulled tangents",
  at: "place on the map",
  zoom: "view of the map",
  damage: "damage",
  mask: "what is rubbed out",
  code: "code that is decoded",
  noise: "noise",
  draws: "draws",
  eps: "draw of ε",
  recipe: "recipe",
  settings: "settings of the run",
  history: "model of the replay",
  epoch: "epoch",
  label: "the digit that the model is given",
  z: "sliders",
  scale: "scale",
  frozen: "frozen sliders",
  smooth: "smoothing",
  pad: "latents of the pad",
  links: "your list",
  progress: "progress",
};

/** @param {Step} step */
export function stepWords(step) {
  const fields = Object.keys(step).map((place) => place.replace(/^[#*]/, ""));
  const found = Object.keys(WORDS).find((field) => fields.includes(field));
  return found ? WORDS[found] : "last change";
}
