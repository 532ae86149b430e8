// The lines of Python that make the picture in view again: from its file, or from the digit itself.

import { DRAWS } from "./question.js";

/** @import { Damage, DigitizerOptions, Model } from "../../core/types.js" */
/** @import { Question } from "./question.js" */

/**
 * How what is on show was made.
 *
 * @typedef {object} Made
 * @property {Model} model
 * @property {Question} question
 * @property {Damage | null} damage
 * @property {boolean} isPosterior whether the code is one of many
 */

/** @type {(keyof DigitizerOptions)[]} */
const OPTIONS = ["polarity", "threshold", "stroke", "choose"];

/** @param {DigitizerOptions} options */
function chosen(options) {
  const set = OPTIONS.filter((key) => options[key] !== undefined);
  return [...set.map((key) => `${key}=${JSON.stringify(options[key])}`), 'odd="show"'].join(", ");
}

/** @param {Made} made */
function imports({ question, damage }) {
  const file = question.current?.file;
  return [
    ...(file ? [] : ["import base64", "", "import numpy as np"]),
    "import torch",
    "",
    "import vae_core",
    "from vae_core.evaluation import percentiles",
    ...(file ? ["from vae_core.digitize import Options, digitize"] : []),
    ...(damage ? ["from vae_core.app.service.damage import damaged"] : []),
  ];
}

/** @param {Made} made */
function pixels({ question, damage }) {
  const { digit, options, current } = question;
  const file = current?.file;
  const whole = file
    ? `digitize(${JSON.stringify(file)}, Options(${chosen(options)})).pixels  # (28, 28)`
    : `np.frombuffer(base64.b64decode("${digit}"), np.uint8).reshape(28, 28)`;
  return [
    `pixels = ${whole}`,
    ...(damage ? [`pixels = damaged(pixels, ${JSON.stringify(damage)})`] : []),
    "x = torch.from_numpy(pixels.copy()).float()[None, None] / 255",
  ];
}

/** @param {Made} made */
function code({ question, isPosterior }) {
  const about = isPosterior
    ? "q.mean, q.logvar: (1, latent_dim)"
    : "q.mean: the code, (1, latent_dim)";
  const encode = `q = model.encode(x)  # ${about}`;
  if (question.code !== "draw" || !isPosterior) return [encode, "z = q.mean"];
  const generator = `torch.Generator().manual_seed(${question.seed})`;
  const noise = `torch.randn(${DRAWS}, model.latent_dim, generator=${generator})[:1]`;
  return [encode, `eps = ${noise}`, "z = q.at(eps)"];
}

/** @param {Made} made */
export function python(made) {
  const costs = made.isPosterior ? "distortion, rate and their sum, -ELBO" : "distortion alone";
  return [
    ...imports(made),
    "",
    `model = vae_core.load(${JSON.stringify(made.model.name)})`,
    ...pixels(made),
    ...code(made),
    "image = model.decode(z).mean.clamp(0, 1)  # (1, 1, 28, 28), white ink on black",
    `costs = percentiles.costs(model, x)  # ${costs}`,
  ].join("\n");
}
