// Lessons 1 to 5: from an autoencoder to the two halves of the loss.

import {
  choose,
  chooseAnother,
  drawOthers,
  moveSlider,
  pointAt,
  redraw,
  takeAnother,
  walk,
} from "./acts.js";
import { latents, noDigits } from "./figures.js";

/** @import { Lesson } from "./types.js" */

/** @type {Lesson} */
const autoencoder = {
  key: "autoencoder",
  title: "What an autoencoder is",
  about: "Two nets: one squeezes a picture into a few numbers, one paints it again.",
  steps: [
    {
      at: { panel: "reconstruct", model: "ae", digit: 3 },
      words: () =>
        `An autoencoder is two nets in a row. The encoder squeezes the 784 pixels of a digit into ${latents("ae")} numbers, its code; the decoder paints the digit again from those alone. What it paints is the reconstruction.`,
      act: takeAnother("Take another example digit, from the row under the drawing pad."),
    },
    {
      at: { panel: "inside", model: "ae", digit: 3 },
      words: () =>
        "Here is the same way with its numbers on show: the pixels x, the layers of the encoder, the code z, the layers of the decoder, a picture. At the end stands what the reconstruction got wrong, pixel by pixel: the distortion. Training makes it small, and that is all it does.",
      act: pointAt(
        "Point at the distortion, the last picture, or go there with the Tab key.",
        "distortion",
      ),
    },
    {
      at: { panel: "explore", model: "ae", digit: 3 },
      words: () =>
        "The code can also be set by hand. Each slider is one of its numbers, and the decoder paints whatever they say.",
      act: moveSlider("Move any slider."),
    },
  ],
};

/** @type {Lesson} */
const holes = {
  key: "holes",
  title: "Why its space is full of holes",
  about: "Codes that no picture gave decode to nothing in particular.",
  steps: [
    {
      at: { panel: "sample", model: "ae" },
      words: () =>
        `To make a new digit we need a code that no picture gave. Here codes are drawn around those of real digits, and ${noDigits("ae")} of the pictures are no digit to a classifier. Nobody ever asked this decoder to paint anything between the codes that it knows.`,
      act: drawOthers("Press Draw, for other random codes."),
    },
    {
      at: { panel: "interpolate", model: "ae", ends: [0, 1] },
      words: () =>
        "The codes of a 0 and of a 1 both mean something. Half way between them the path crosses a hole: what is painted there is no digit.",
      act: walk("Move the slider under the picture along the path."),
    },
    {
      at: { panel: "sample", model: "ae" },
      words: () =>
        `A variational autoencoder closes the holes: of the draws of vae-conv only ${noDigits("vae-conv")} are no digit. The next lesson says how.`,
      act: choose(
        "Choose vae-conv in the list of models at the top, and compare the draws.",
        "vae-conv",
      ),
    },
  ],
};

/** @type {Lesson} */
const variational = {
  key: "variational",
  title: "What the V adds",
  about: "Codes become clouds, and the clouds are kept near a prior.",
  steps: [
    {
      at: { panel: "inside", model: "vae-conv", digit: 3 },
      words: () =>
        "The encoder of a VAE does not say one code but a cloud: for each latent a mean m and a variance. The code z is drawn from that cloud with the noise ε, and the decoder must paint the digit from any such draw. So codes that are close by come to mean the same.",
      act: redraw("Press “Draw again”, and see which numbers change.", 1),
    },
    {
      words: () =>
        "Clouds cost something. The KL divergence charges each latent for being away from the prior N(0, 1): its sum is the rate. That keeps the clouds of all digits together, around 0, and leaves no room for holes.",
      act: pointAt("Point at the rate in the last row.", "rate"),
    },
    {
      at: { panel: "sample", model: "vae-conv" },
      words: () =>
        `So a code drawn from the prior is likely to fall into some digit's cloud. Of these draws ${noDigits("vae-conv")} are no digit, against ${noDigits("ae")} of the plain autoencoder.`,
      act: drawOthers("Press Draw."),
    },
  ],
};

/** @type {Lesson} */
const draw = {
  key: "draw",
  title: "The draw and the log-variance",
  about: "How precise each number of the code is, and how gradients pass a random draw.",
  steps: [
    {
      at: { panel: "inside", model: "vae-burda", digit: 3 },
      words: () =>
        "The encoder gives log σ², the log-variance. Where the bar is near 0, σ is near 1, as wide as the prior: this latent says little of the digit. Where the bar is long, σ is small: this latent is said precisely.",
      act: pointAt("Point at the log-variance, and move from latent to latent.", "logvar"),
    },
    {
      words: () =>
        "A draw is z = m + σ · ε. Only ε and what follows from it change when you draw again: the latents with a small σ hardly move, and the digit stays the same one.",
      act: redraw("Draw again three times.", 3),
    },
    {
      words: () =>
        "Why write the draw like this? The noise ε comes from outside, so z is a plain function of m and σ: the gradient of the loss passes through it to the encoder. That is the reparameterisation trick.",
      act: pointAt("Point at z, and read the line of the program that makes it.", "z"),
    },
  ],
};

/** @type {Lesson} */
const halves = {
  key: "halves",
  title: "Distortion against rate",
  about: "The two halves of the loss, and how models trade one for the other.",
  steps: [
    {
      at: { panel: "inside", model: "vae-conv", digit: 3 },
      words: () =>
        "The loss of a VAE has two halves. The distortion is what the pixels cost once z is known: bright spots are pixels that the decoder did not foretell.",
      act: pointAt("Point at the distortion.", "distortion"),
    },
    {
      words: () =>
        "The rate is what z costs. Their sum is −ELBO, in nats: a bound on how many nats the model needs for this digit, −log p(x).",
      act: pointAt("Point at the sum.", "elbo"),
    },
    {
      at: { panel: "compare", model: "vae-conv", view: "plane" },
      words: () =>
        "Here is every model by its rate and its distortion on the test digits. To say more in the code is to have less left to say about the pixels; a better model has the lower sum.",
      act: chooseAnother("Press another model in the plot, to choose it."),
    },
  ],
};

export const SPACE = [autoencoder, holes, variational, draw, halves];
