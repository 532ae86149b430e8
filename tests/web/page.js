// As much of a browser page as scripts look at that need none of their own; see package.json, which
// has node import it before every test.

/** @import { Model } from "../../vae_core/app/web/core/types.js" */

/**
 * A model's card.
 *
 * @param {Partial<Model> & { name: string }} facts
 * @returns {Model}
 */
export const card = (facts) => ({
  title: facts.name,
  group: "Variational",
  latent_dim: 2,
  order: [0, 1],
  unused: [],
  kl_per_dim: null,
  moves: null,
  variational: true,
  slow: false,
  has_rate: facts.variational ?? true,
  sliders_are_noise: true,
  words: null,
  samplers: [],
  path: null,
  steers: 0,
  takes_labels: false,
  conditional: false,
  prior: "normal",
  quantity: "binary",
  corruption: null,
  metrics: null,
  ...facts,
});

const boot = {
  models: [
    card({ name: "one", metrics: { elbo: -100, rate: 20 } }),
    card({ name: "two", quantity: "levels", metrics: { elbo: -784 * Math.LN2 } }),
    card({ name: "labelled", takes_labels: true, conditional: true, metrics: { elbo: -90 } }),
    card({ name: "plain", variational: false, quantity: "density", metrics: { elbo: 500 } }),
  ],
  chosen: "one",
  first: null,
  panels: ["explore", "sample", "compare"],
  device: "CPU",
  examples: { columns: 2, labels: [0, 1, 0, 1], url: "digits.png" },
};

/** What the page did to the history: [kind, address]. */
export const visited = /** @type {string[][]} */ ([]);

/** @type {FrameRequestCallback[]} */
let frames = [];

/** Let the answers arrive, then paint a display frame. */
export async function frame() {
  await settled();
  const due = frames;
  frames = [];
  for (const each of due) each(performance.now());
  await settled();
}

/**
 * A promise that the test settles.
 *
 * @template T
 * @typedef {{ promise: Promise<T>, resolve: (value: T) => void, reject: (error: Error) => void }} Open
 */

/**
 * @template T
 * @returns {Open<T>}
 */
export function open() {
  /** @type {Partial<Open<T>>} */
  const made = {};
  made.promise = new Promise((resolve, reject) => Object.assign(made, { resolve, reject }));
  return /** @type {Open<T>} */ (made);
}

/** Let everything that waits for nothing but promises go on. */
export const settled = () => new Promise((done) => setImmediate(done));

/** @param {string} kind */
const visit =
  (kind) => (/** @type {unknown} */ _, /** @type {string} */ __, /** @type {string} */ url) => {
    visited.push([kind, url]);
    location.href = url;
  };

const address = "http://studio.test/?panel=sample&model=three&seed=7&x=e3";
const location = { href: address, search: new URL(address).search };

Object.assign(globalThis, {
  window: Object.assign(new EventTarget(), { scrollY: 0 }),
  location,
  history: { replaceState: visit("replace"), pushState: visit("push") },
  navigator: { onLine: true },
  requestAnimationFrame: (/** @type {FrameRequestCallback} */ each) => frames.push(each),
  document: Object.assign(new EventTarget(), {
    hidden: false,
    baseURI: "http://studio.test/",
    documentElement: { dataset: {} },
    getElementById: (/** @type {string} */ id) =>
      id === "studio-boot" ? { textContent: JSON.stringify(boot) } : null,
    querySelectorAll: () => [],
  }),
});
