// Lessons 6 to 10: from beta to what all this is good for.

import { model } from "../../core/state.js";
import {
  changeDamage,
  choose,
  drawOthers,
  makeIt,
  moveOneOf,
  moveSlider,
  pointAt,
  pointOnMap,
  pull,
  takeAnother,
  takeOtherPath,
  unfold,
  walk,
} from "./acts.js";
import { error, fid, latents, nats, noDigits, unused } from "./figures.js";

/** @import { Lesson } from "./types.js" */

/** @type {Lesson} */
const beta = {
  key: "beta",
  title: "Beta",
  about: "One number sets how dear the code is.",
  steps: [
    {
      at: { panel: "compare", model: "vae-beta-1", view: "beta" },
      words: () =>
        `Beta is the weight of the rate in the loss. At beta 1 this model says ${nats("vae-beta-1", "rate")} a digit and leaves a distortion of ${nats("vae-beta-1", "distortion")}; at beta 4 the code is dearer: ${nats("beta-vae", "rate")}, and ${nats("beta-vae", "distortion")} of distortion.`,
      act: takeAnother("Take another digit at “Your digit”, and compare the three."),
    },
    {
      at: { panel: "explore", model: "beta-vae", digit: 3 },
      words: () =>
        `With beta 4 a latent has to earn what it costs: less is said, and reconstructions are farther off, by a mean squared error of ${error("beta-vae")} a pixel against ${error("vae-beta-1")} at beta 1.`,
      act: moveSlider("Move the slider at the top of the list: it says most."),
    },
    {
      words: () =>
        `At beta 0.5 the code is cheap: ${nats("vae-beta-half", "rate")}. Reconstructions come nearer, ${error("vae-beta-half")} a pixel, and draws from the prior get worse: their FID is ${fid("vae-beta-half")}, against ${fid("vae-beta-1")} at beta 1 and ${fid("beta-vae")} at beta 4.`,
      act: choose("Choose vae-beta-half in the list of models.", "vae-beta-half"),
    },
  ],
};

/** @type {Lesson} */
const collapse = {
  key: "collapse",
  title: "Collapse and its cures",
  about: "Why latents fall silent, and what brings them back.",
  steps: [
    {
      at: { panel: "explore", model: "vae-collapsed", digit: 3 },
      words: () =>
        `Of the ${latents("vae-collapsed")} latents of this model ${unused("vae-collapsed")} say less than 0.01 nats: their posterior is the prior, whatever the picture. That is posterior collapse: early in training the code is noise, the decoder learns to ignore it, and then nothing pulls it back.`,
      act: unfold("Unfold the unused sliders at the end of the list."),
    },
    {
      words: () => "The decoder has stopped listening to them.",
      act: moveOneOf("Move one of the unused sliders, and see how little happens.", (dim) =>
        Boolean(model()?.unused.includes(dim)),
      ),
    },
    {
      words: () =>
        `One cure is free bits: each latent may say a little without being charged. With it ${unused("vae-freebits")} of ${latents("vae-freebits")} latents are unused. Others let the rate count only slowly: vae-annealed and vae-cyclical.`,
      act: choose("Choose vae-freebits in the list of models.", "vae-freebits"),
    },
  ],
};

/** @type {Lesson} */
const blur = {
  key: "blur",
  title: "Blur and richer likelihoods",
  about: "Where blur comes from, and a decoder without it.",
  steps: [
    {
      at: { panel: "reconstruct", model: "vae-2d", digit: 2 },
      words: () =>
        `This model has two numbers for a digit. They cannot say where each stroke ends, and the decoder answers for each pixel alone: where it is unsure it paints grey. Its mean squared error is ${error("vae-2d")} a pixel, that of vae-conv with ${latents("vae-conv")} numbers ${error("vae-conv")}.`,
      act: takeAnother("Take another example digit, and look at its edges."),
    },
    {
      at: { panel: "inside", model: "vae-pixelcnn", digit: 3 },
      words: () =>
        "A richer likelihood lets pixels agree. A PixelCNN foretells each pixel from z and all the pixels before it, in reading order, so that what it did not foresee lies mostly where a stroke begins or ends.",
      act: pointAt(
        "Point at the distortion: it lights up where a stroke was not foreseen.",
        "distortion",
      ),
    },
    {
      at: { panel: "sample", model: "vae-pixelcnn" },
      words: () =>
        `Its pictures are drawn pixel by pixel, which takes longer. Its code has less to say for that: ${nats("vae-pixelcnn", "rate")}, against ${nats("vae-conv", "rate")} of vae-conv.`,
      act: drawOthers("Press Draw."),
    },
  ],
};

/** @type {Lesson} */
const manifold = {
  key: "manifold",
  title: "The manifold and its paths",
  about: "All pictures of a model lie on a surface, and paths on it are films.",
  steps: [
    {
      at: { panel: "explore", model: "vae-2d", digit: 3, nth: 10 },
      words: () =>
        "All pictures that a decoder can paint form a manifold, a curved surface among all possible pictures. This model's has two coordinates, z0 and z1: along each slider one digit becomes another without a jump.",
      act: makeIt("Drag z0 to the right until the 3 becomes an 8.", 8),
    },
    {
      at: { panel: "map", model: "vae-2d" },
      words: () =>
        "Here are both coordinates at once: every dot is the code of a test digit, coloured by its class, and every place between the dots decodes to a picture too.",
      act: pointOnMap("Point somewhere on the map, tap it, or go there with the arrow keys."),
    },
    {
      words: () =>
        "The tangents at a place are the directions in which a small move changes the picture most. Each shows what it changes, and the share of all change that it holds.",
      act: pull("Pull the slider under one of the tangents."),
    },
    {
      at: { panel: "interpolate", model: "vae-flow-digits", ends: [0, 1] },
      words: () =>
        "A path between two codes is a film. In the space of a good model every frame is a digit; fading the pixels of one picture into another gives ghosts instead.",
      act: walk("Move the slider under the picture along the path."),
    },
    {
      words: () =>
        "Which path? A linear one cuts the corner: half way it lies nearer to 0 than either end. A spherical one turns around 0. The geodesic is the way on which the picture changes least, as the decoder itself measures it.",
      act: takeOtherPath("Press “geodesic”, or any other path than the chosen one, and compare."),
    },
  ],
};

/** @type {Lesson} */
const uses = {
  key: "uses",
  title: "What it is good for",
  about: "Repair, measure, create.",
  steps: [
    {
      at: { panel: "compare", model: "vae-conv", view: "noise" },
      words: () =>
        "Repair: a model that knows digits can tell one from the dirt on it. The denoising autoencoders were trained to; see which models manage, and how far.",
      act: changeDamage("Change the level of the damage."),
    },
    {
      at: { panel: "reconstruct", model: "vae-flow-digits", digit: 3 },
      words: () =>
        "Measure: −ELBO says how many nats a picture costs, and where that stands among the test digits. What costs far more than they do is probably no digit. And a picture in few nats is a picture compressed.",
      act: takeAnother("Take another example digit, and read what it costs."),
    },
    {
      at: { panel: "sample", model: "vae-flow-digits" },
      words: () =>
        `Create: this model learned its prior too, and ${noDigits("vae-flow-digits")} of its draws are no digit. Press any of them to take hold of it in Explore.`,
      act: drawOthers("Press Draw."),
    },
  ],
};

export const MODELS = [beta, collapse, blur, manifold, uses];
