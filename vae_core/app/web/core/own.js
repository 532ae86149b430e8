// Models that this visitor trained or brought. The server knows each by its name and the secret
// name of the visitor, which stands in no address and in nothing that is handed out: it is put
// together here, where a call leaves the page. The tab remembers it when the page is loaded again.

import { emit } from "./events.js";

/** @import { Model } from "./types.js" */

const KEY = "vae-studio-own";
const SECRET_BYTES = 24;
const OWN = /^own-\d{1,9}$/;
const GONE = "There is no such model any more"; // as vae_core.app.service.trainings says it
const SECRET = /^[\w-]{22,64}$/;

/** @type {{ visitor: string, models: Model[] }} */
const kept = remembered() ?? { visitor: newSecret(), models: [] };

/** The secret name of this visitor. */
export const { visitor } = kept;

/** The visitor's models, the first one first. */
export const ownModels = () => kept.models;

/**
 * @param {string | null | undefined} name
 * @returns {Model | null}
 */
export const ownModel = (name) => kept.models.find((model) => model.name === name) ?? null;

/**
 * Whether a visitor's model would be called so.
 *
 * @param {string} name
 */
export const isOwnName = (name) => OWN.test(name);

/**
 * What the server keeps for this visitor now.
 *
 * @param {Model[]} models
 */
export function keepOwnModels(models) {
  kept.models = models;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {} // not allowed to: they last until the page is left
  emit("models", models);
}

/**
 * What a server says that it keeps for this visitor; one that was started since, or stands in for
 * another, has less.
 *
 * @param {Model[]} models
 */
export function hearOfOwnModels(models) {
  const lost = kept.models.filter(({ name }) => !models.some((model) => model.name === name));
  keepOwnModels(models);
  for (const { name } of lost) emit("gone", name);
}

/**
 * The server has a model no more, if that is what its sentence says.
 *
 * @param {unknown} name
 * @param {string} sentence
 */
export function noteGone(name, sentence) {
  if (typeof name !== "string" || !ownModel(name) || !sentence.startsWith(GONE)) return;
  hearOfOwnModels(kept.models.filter((model) => model.name !== name));
}

/**
 * An argument of a call, with the full name of a visitor's model.
 *
 * @param {object} argument
 * @returns {object}
 */
export function withFullNames(argument) {
  const { checkpoint } = /** @type {{ checkpoint?: unknown }} */ (argument ?? {});
  if (typeof checkpoint !== "string" || !isOwnName(checkpoint) || !ownModel(checkpoint)) {
    return argument;
  }
  return { ...argument, checkpoint: `${checkpoint}@${visitor}` };
}

function newSecret() {
  const bytes = crypto.getRandomValues(new Uint8Array(SECRET_BYTES));
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_");
}

function remembered() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    return SECRET.test(found?.visitor) && Array.isArray(found.models) ? found : null;
  } catch {
    return null;
  }
}
