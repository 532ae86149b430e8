// The settings of a run: a recipe and what is changed of it, in a form and in the address.

import { keep, openedWith } from "../../core/state.js";
import { attributes, find, findAll, make } from "../../parts/nodes.js";

/** @import { Bounds, Changes, Offer } from "./types.js" */

const USUAL = "vae-400";
const LIKELIHOODS = {
  bernoulli: "black or white (Bernoulli)",
  gaussian: "grey, Gaussian",
  "gaussian-learned": "grey, Gaussian of learned width",
  laplace: "grey, Laplace",
  "discretized-logistic": "256 grey levels",
  "squared-error": "squared error, no likelihood",
};
const CORRUPTIONS = {
  gaussian: "Gaussian noise",
  masking: "pixels blanked",
  "salt-pepper": "salt and pepper",
};
const SCHEDULES = {
  constant: "constant",
  linear: "rises, then stays",
  cyclical: "rises in cycles",
};

/** @typedef {"latent_dim" | "hidden_dims" | "beta" | "beta_schedule" | "beta_start" | "beta_warmup" | "beta_cycles" | "likelihood" | "corruption" | "level" | "batch_size" | "learning_rate" | "digits" | "epochs" | "seed"} Field */

/**
 * Values of a form as they are typed, by field; "" where a field is not there.
 *
 * @typedef {Record<Field, string>} Typed
 */

/**
 * What a recipe sets, as it would be typed.
 *
 * @param {Offer} offer
 * @param {Bounds} bounds
 * @returns {Typed}
 */
export const typedOf = (offer, bounds) => ({
  latent_dim: String(offer.latent_dim),
  hidden_dims: offer.hidden_dims.join(", "),
  beta: String(offer.beta),
  beta_schedule: offer.beta_schedule,
  beta_start: String(offer.beta_start),
  beta_warmup: String(Math.round(100 * offer.beta_warmup)),
  beta_cycles: String(offer.beta_cycles),
  likelihood: offer.likelihood,
  corruption: offer.corruption?.kind ?? "",
  level: String(offer.corruption?.level ?? 0.5),
  batch_size: String(offer.batch_size),
  learning_rate: String(offer.learning_rate),
  digits: String(bounds.digits[1]),
  epochs: String(offer.epochs),
  seed: "0",
});

/**
 * The changes of a recipe that the server is asked for; what is no number is sent as it is typed,
 * for it to refuse.
 *
 * @param {Typed} typed
 * @param {Typed} usual
 * @returns {Changes}
 */
export function changesOf(typed, usual) {
  /** @type {Changes} */
  const changes = {};
  const names = /** @type {Field[]} */ (Object.keys(usual));
  for (const name of names.filter((each) => typed[each].trim() !== usual[each])) {
    if (name === "corruption" || name === "level") changes.corruption = corruptionOf(typed);
    else changes[name] = settingOf(name, typed[name].trim());
  }
  return changes;
}

/** @param {Typed} typed */
const corruptionOf = ({ corruption, level }) =>
  corruption ? { kind: corruption, level: numberOf(level) } : null;

/**
 * @param {Field} name
 * @param {string} text
 */
function settingOf(name, text) {
  if (name === "hidden_dims")
    return text
      .split(/[\s,]+/)
      .filter(Boolean)
      .map(numberOf);
  if (name === "beta_schedule" || name === "likelihood") return text;
  const value = numberOf(text);
  return name === "beta_warmup" && typeof value === "number" ? value / 100 : value;
}

/** @param {string} text */
function numberOf(text) {
  const value = Number(text);
  return text.trim() === "" || Number.isNaN(value) ? text : value;
}

/**
 * Changes as the address spells them: "latent_dim:2,hidden_dims:64-32".
 *
 * @param {Typed} typed
 * @param {Typed} usual
 */
export function spell(typed, usual) {
  const names = /** @type {Field[]} */ (Object.keys(usual));
  const changed = names.filter((name) => typed[name].trim() !== usual[name]);
  const parts = changed.map((name) => `${name}:${typed[name].trim().replaceAll(/[\s,]+/g, "/")}`);
  return parts.join(",") || null;
}

/**
 * The inverse of `spell`, over what a recipe sets; what is no field is left out.
 *
 * @param {string | null} text
 * @param {Typed} usual
 * @returns {Typed}
 */
export function readSpelled(text, usual) {
  const read = { ...usual };
  for (const part of (text ?? "").split(",")) {
    const [name, value] = part.split(":");
    if (name in usual && value !== undefined && value.length < 40) {
      read[/** @type {Field} */ (name)] = value.replaceAll("/", ", ");
    }
  }
  return read;
}

export class Settings {
  #form;
  #offers;
  #bounds;
  #recipe;
  #onchange;

  /**
   * @param {HTMLFormElement} form
   * @param {{ offers: Offer[], bounds: Bounds, onchange: () => void }} options
   */
  constructor(form, { offers, bounds, onchange }) {
    this.#form = form;
    this.#offers = offers;
    this.#bounds = bounds;
    this.#onchange = onchange;
    this.#recipe = find(form, "[name=recipe]", HTMLSelectElement);
    this.#recipe.replaceChildren(...groups(offers));
    this.#fill("beta_schedule", SCHEDULES);
    this.#bound();
    this.#recipe.addEventListener("change", () => {
      this.#show(this.usual);
      this.#changed();
    });
    form.addEventListener("input", (event) => {
      if (event.target !== this.#recipe) this.#changed();
    });
    this.open();
  }

  /** What the address says, else the usual recipe as it is. */
  open() {
    const asked = openedWith("recipe");
    const known = this.#offers.find(({ name }) => name === asked);
    this.#recipe.value = (known ?? this.#offer(USUAL)).name;
    this.#show(readSpelled(openedWith("settings"), this.usual));
  }

  get recipe() {
    return this.#recipe.value;
  }

  get offer() {
    return this.#offer(this.recipe);
  }

  /** What the chosen recipe sets. */
  get usual() {
    return typedOf(this.offer, this.#bounds);
  }

  /** @returns {Typed} */
  get typed() {
    const names = /** @type {Field[]} */ (Object.keys(this.usual));
    const values = names.map((name) => [name, this.#input(name).value]);
    return Object.fromEntries(values);
  }

  get changes() {
    return changesOf(this.typed, this.usual);
  }

  /** Epochs that are asked for. */
  get epochs() {
    return Number(this.typed.epochs) || this.offer.epochs;
  }

  /** @param {boolean} isLocked while a run is on */
  lock(isLocked) {
    find(this.#form, "fieldset", HTMLFieldSetElement).disabled = isLocked;
  }

  /** @param {string} name */
  #offer(name) {
    return this.#offers.find((offer) => offer.name === name) ?? this.#offers[0];
  }

  /** @param {Field} name */
  #input(name) {
    const found = this.#form.elements.namedItem(name);
    return /** @type {HTMLInputElement | HTMLSelectElement} */ (found);
  }

  /**
   * @param {Field} name
   * @param {Record<string, string>} words by value
   */
  #fill(name, words) {
    const options = Object.entries(words).map(([value, text]) => make("option", { value }, text));
    this.#input(name).replaceChildren(...options);
  }

  #bound() {
    for (const input of findAll(this.#form, "input[type=number]", HTMLInputElement)) {
      const limits = Reflect.get(this.#bounds, input.name);
      if (!Array.isArray(limits)) continue;
      const [low, high] = input.name === "beta_warmup" ? limits.map((v) => 100 * v) : limits;
      attributes(input, { min: low, max: high });
    }
  }

  /** @param {Typed} typed */
  #show(typed) {
    const { is_variational: isVariational, likelihoods, net } = this.offer;
    const pick = (/** @type {string[]} */ names) =>
      Object.fromEntries(names.map((name) => [name, Reflect.get(LIKELIHOODS, name) ?? name]));
    this.#fill("likelihood", pick(likelihoods));
    this.#fill("corruption", { "": "none", ...CORRUPTIONS });
    for (const [name, value] of Object.entries(typed)) {
      this.#input(/** @type {Field} */ (name)).value = value;
    }
    find(this.#form, ".widths-label").textContent =
      net === "conv" ? "channels, three stages" : "hidden widths";
    this.#form.classList.toggle("deterministic", !isVariational);
    this.#follow();
  }

  /** Show the fields that count with what is chosen. */
  #follow() {
    const { is_variational: isVariational, is_weighted: isWeighted } = this.offer;
    const { beta_schedule: schedule, corruption } = this.typed;
    const isShown = {
      beta: isVariational && !isWeighted,
      beta_schedule: isVariational && !isWeighted,
      beta_start: isVariational && schedule !== "constant",
      beta_warmup: isVariational && schedule === "linear",
      beta_cycles: isVariational && schedule === "cyclical",
      corruption: !isVariational,
      level: !isVariational && corruption !== "",
    };
    for (const [name, shown] of Object.entries(isShown)) {
      const field = this.#input(/** @type {Field} */ (name)).closest(".field");
      if (field instanceof HTMLElement) field.hidden = !shown;
    }
  }

  /** Keep them in the link. */
  keep() {
    keep({
      recipe: this.recipe === USUAL ? null : this.recipe,
      settings: spell(this.typed, this.usual),
    });
  }

  #changed() {
    this.#follow();
    this.keep();
    this.#onchange();
  }
}

/** @param {Offer[]} offers */
function groups(offers) {
  const kinds = { "Variational: codes are distributions": true, "Plain autoencoders": false };
  return Object.entries(kinds).map(([label, kind]) => {
    const members = offers.filter((offer) => offer.is_variational === kind);
    const options = members.map(({ name, title }) =>
      make("option", { value: name, title }, `${name} · ${title}`),
    );
    return make("optgroup", { label }, ...options);
  });
}
