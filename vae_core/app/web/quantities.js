// studio.quantities: what a model's distortion counts, so that figures of two kinds never share a
// list, a plot or a sentence; see compare.quantity.
(() => {
  "use strict";
  const { studio } = window;
  const PIXELS = 784;

  // `heads` a list of what pictures cost under such models; `cost` tells one of them in its unit.
  const QUANTITIES = {
    binary: {
      label: "binary pixels",
      words: "Pixels drawn black or white: a likelihood, in nats an image.",
      heads: "Trained on black or white pixels: −ELBO",
      cost: (nats) => `${fixed(nats)} nats`,
    },
    "cross-entropy": {
      label: "grey pixels, cross-entropy",
      words: "Cross-entropy on grey pixels: the loss of many tutorials, and no likelihood.",
      heads: "Trained on grey pixels, cross-entropy: −ELBO",
      cost: (nats) => `${fixed(nats)} nats`,
    },
    levels: {
      label: "256 grey levels",
      words: "Probability of the 256 grey levels of each pixel, in nats an image.",
      heads: "256 grey levels: −ELBO a pixel",
      cost: (nats) => `${fixed(nats / PIXELS / Math.LN2, 3)} bits`,
    },
    density: {
      label: "grey pixels, density",
      words: "Density of continuous grey pixels: it can be negative, and depends on the width that the model gives a pixel.",
      heads: "Density of grey pixels: −log density, no cost",
      cost: (nats) => fixed(nats),
    },
    "squared-error": {
      label: "grey pixels, squared error",
      words: "Half the squared error, in no unit of information.",
      heads: "No likelihood: mean squared error",
      cost: null,
    },
  };

  const { fixed, text, num } = studio;

  /** −ELBO of a model over the test digits in a few words, with the unit that it has. */
  function elboWords(model) {
    const cost = -model.metrics.elbo;
    if (model.quantity === "density") return `−ELBO ${fixed(cost)} of a density`;
    if (model.quantity === "levels") return `−ELBO ${QUANTITIES.levels.cost(cost)} a pixel`;
    return `−ELBO ${fixed(cost)} nats${model.conditional ? ", its label told" : ""}`;
  }

  /** What a test digit costs under a model, as sentences; empty without the figures. */
  function costOfADigit(model) {
    const { metrics: m } = model;
    if (!m || !Number.isFinite(m.elbo)) return "";
    const number = (value, hue = "") => num(fixed(value), hue);
    const digits = `${m.n_images ? studio.whole(m.n_images) : "all"} test digits${model.conditional ? ", each with its label told" : ""}`;
    const parts = text`${number(m.distortion, "distortion")} for the pixels once z is known (distortion) and ${number(m.rate, "rate")} for z (rate)`;
    if (model.quantity === "density") {
      return text`The rate, what z says of a test digit, is ${number(m.rate, "rate")} nats (mean over ${digits}). Its pixels have a density, which may exceed 1 and moves with the unit of grey: their −log p(x|z) of ${number(m.distortion, "distortion")} is no cost in nats, and −ELBO, ${number(-m.elbo)}, compares with other densities only.`;
    }
    if (model.quantity === "cross-entropy") {
      return text`The sum of cross-entropy and rate, −ELBO, is ${number(-m.elbo)} nats a test digit (${digits}): ${parts}. Cross-entropy of grey pixels is no likelihood: even a perfect picture would have the entropy of its greys.`;
    }
    return text`Saying a test digit with this model costs ${number(-m.elbo)} nats (−ELBO, ${digits}): ${parts}.`;
  }

  /** How sure the independent classifier is of draws, beside real digits; empty where not measured. */
  function sureness({ metrics: m }) {
    if (!m || ![m.sample_entropy, m.test_entropy, m.not_digits].every(Number.isFinite)) return "";
    const number = (value) => num(studio.number(value, 2));
    return text`Over random draws the reading of an independent classifier has an entropy of ${number(m.sample_entropy)} nats, over real test digits of ${number(m.test_entropy)}; it takes ${number(100 * m.not_digits)} % of the draws for no digit.`;
  }

  studio.quantities = { QUANTITIES, elboWords, costOfADigit, sureness };
})();
