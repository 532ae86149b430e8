// Every term of the field that the page uses, explained once, in one sentence. Data alone.

/**
 * @typedef {object} Term
 * @property {string} says one sentence
 * @property {string[]} [also] other ways in which it is written
 */

/** @type {Record<string, Term>} */
export const TERMS = {
  "active unit": {
    says: "A latent whose mean moves with the picture: its variance over the test digits is above 0.01.",
    also: ["active units"],
  },
  Adam: {
    says: "The optimiser that trains these models: each weight has a step size of its own, from the recent size of its gradient.",
  },
  "aggregate posterior": {
    says: "Where the codes of all real digits lie together: the mean of q(z|x) over the data.",
  },
  AUROC: {
    says: "How often an odd picture scores higher than a known one, over all pairs: 1 parts them all, 0.5 is a coin.",
  },
  autoencoder: {
    says: "Two nets in a row: an encoder that squeezes a picture into a few numbers, and a decoder that paints the picture again from them.",
    also: ["autoencoders"],
  },
  Bernoulli: {
    says: "A distribution over two outcomes, here white or black, given by the probability of white.",
  },
  beta: {
    says: "The weight of the rate in the loss: 1 gives the ELBO, more makes codes cheaper and pictures blurrier.",
    also: ["β", "β-VAE"],
  },
  binarised: {
    says: "Drawn black or white, a pixel being white as often as its grey says.",
    also: ["binarisation"],
  },
  classifier: {
    says: "A separate net, trained on labelled digits, that reads which digit a picture shows and how sure it is.",
  },
  code: {
    says: "The few numbers z that stand for a picture inside the model.",
    also: ["codes"],
  },
  "conditional model": {
    says: "A model that is given the label as well, so that its code holds the handwriting alone.",
    also: ["conditional"],
  },
  contractive: {
    says: "Trained so that the code hardly moves when the picture changes a little.",
  },
  convolutional: {
    says: "Made of layers that look at a small window of the picture at a time, the same way everywhere.",
  },
  "cross-entropy": {
    says: "How many nats the decoder's probabilities spend on the true pixels; of grey pixels it is a loss, not a likelihood.",
  },
  decoder: {
    says: "The net that paints a picture from a code z.",
    also: ["decoders"],
  },
  denoising: {
    says: "Trained to give back the clean picture when shown a damaged one.",
  },
  density: {
    says: "Probability per unit of a continuous number; it may exceed 1, so its logarithm may be positive.",
  },
  "diffusion model": {
    says: "A net that takes noise away step by step until a code is left: fitted to the codes of training digits, it draws new ones.",
  },
  distortion: {
    says: "What the pixels cost once z is known, −log p(x|z): how far the reconstruction is from the picture.",
  },
  ELBO: {
    says: "Evidence lower bound: the reconstruction's log-probability less the rate, never more than log p(x).",
    also: ["evidence lower bound"],
  },
  encoder: {
    says: "The net that turns a picture into a code or, in a VAE, into a distribution over codes.",
    also: ["encoders"],
  },
  entropy: {
    says: "How uncertain a distribution is, in nats; 0 where the outcome is sure.",
  },
  epoch: {
    says: "One pass of the training over all the digits that it trains on.",
    also: ["epochs"],
  },
  epsilon: {
    says: "Standard normal noise, drawn afresh each time: z is the mean plus sigma times it.",
    also: ["ε"],
  },
  FID: {
    says: "Fréchet distance between features of drawn and of real digits: how unlike the two crowds are, lower is better.",
  },
  "flow prior": {
    says: "A prior learned with the model: an invertible net that turns plain noise into codes like those of real digits.",
    also: ["flow", "normalising flow"],
  },
  "free bits": {
    says: "A cure for collapse: each latent may carry so many nats without being charged for them.",
  },
  geodesic: {
    says: "The shortest path on the decoded surface: along it the picture changes as little as it can.",
  },
  gradient: {
    says: "How the loss would change with each weight: training moves the weights against it.",
    also: ["gradients"],
  },
  guidance: {
    says: "Each step of a diffusion model leans further towards what fits the label: surer digits, less various ones.",
  },
  "hidden layer": {
    says: "A layer of a net between its input and its output.",
    also: ["hidden layers"],
  },
  "held out": {
    says: "Kept from the training: what a model makes of such digits, it cannot know by heart.",
  },
  "importance sampling": {
    says: "Estimating an average over one distribution with draws from another, each draw weighted by how much likelier the first makes it.",
    also: ["importance samples", "importance-weighted"],
  },
  IS: {
    says: "Importance samples: how many draws stand behind an estimate of log p(x).",
  },
  IWAE: {
    says: "Importance-weighted autoencoder: a VAE trained on a tighter bound, from several draws of z at once.",
  },
  Jensen: {
    says: "Jensen's inequality: the mean of a logarithm is at most the logarithm of the mean.",
  },
  "KL divergence": {
    says: "Kullback-Leibler divergence: how many nats it costs to take one distribution for another; 0 when they are the same.",
    also: ["KL"],
  },
  label: { says: "Which digit a picture is of, 0 to 9, as a person said.", also: ["labels"] },
  "latent space": {
    says: "The space of all codes: each point of it decodes to a picture.",
  },
  latent: {
    says: "One of the numbers of the code z, which no one observes: the model finds what it stands for.",
    also: ["latents"],
  },
  "learning rate": { says: "How far a training step moves each weight against its gradient." },
  likelihood: {
    says: "How probable the model makes a picture: p(x|z) once z is known, p(x) over all z.",
    also: ["likelihoods"],
  },
  "linear probe": {
    says: "A weighted sum of the numbers for each class, fitted to training digits: how plainly the class can be read.",
  },
  "log-variance": {
    says: "The logarithm of sigma squared: the encoder gives this, since any number is allowed.",
  },
  logit: {
    says: "A number before the sigmoid that makes it a probability: 0 means 50 %, positive means more.",
    also: ["logits"],
  },
  manifold: {
    says: "The curved surface that the decoded pictures form among all possible pictures.",
  },
  MNIST: {
    says: "70,000 handwritten digits of 28 × 28 grey pixels, 60,000 to train on and 10,000 to test with.",
  },
  mse: {
    says: "Mean squared error: the average over the pixels of the squared difference of greys, from 0 to 1.",
    also: ["mean squared error"],
  },
  nats: {
    says: "A unit of information, as bits are: 1 nat is 1.44 bits, the surprise at an event of probability 37 %.",
    also: ["nat"],
  },
  NLL: {
    says: "Negative log-likelihood, −log p(x): the nats that the model needs for a test digit, lower is better.",
  },
  noise: { says: "Random numbers that carry no information about the picture." },
  PCA: {
    says: "Principal component analysis: the straight directions along which the data vary most.",
  },
  PixelCNN: {
    says: "A decoder that paints pixel by pixel, each one given z and all the pixels before it.",
  },
  "posterior collapse": {
    says: "When a latent says nothing: its posterior equals the prior, and the decoder ignores it.",
    also: ["collapse", "collapsed"],
  },
  posterior: {
    says: "The distribution of the code once the picture is seen; the encoder's q(z|x) approximates it.",
    also: ["posteriors"],
  },
  prior: {
    says: "The distribution p(z) that codes are drawn from before any picture is seen.",
    also: ["priors"],
  },
  quantile: {
    says: "The value below which a given share of the draws lie.",
    also: ["quantiles"],
  },
  rate: {
    says: "What the code costs: KL(q(z|x) ‖ p(z)), the nats that the encoder says about the picture.",
  },
  reconstruction: {
    says: "What the decoder paints from the code of a picture.",
    also: ["reconstructions"],
  },
  "reparameterisation trick": {
    says: "Writing a draw as mean + sigma × noise, so that gradients pass it to mean and sigma.",
  },
  sampler: { says: "Whatever draws the codes that new pictures are decoded from." },
  seed: { says: "A whole number that fixes all random draws: the same seed gives the same draws." },
  sigma: {
    says: "A standard deviation: how far draws lie from their mean, about two thirds within one of it.",
    also: ["σ"],
  },
  sparse: { says: "With most of the code's units at zero for any one picture." },
  "standard error": {
    says: "By how much an estimate would typically differ if it were drawn again.",
  },
  tangent: {
    says: "A direction in which a small move of the code changes the picture.",
    also: ["tangents"],
  },
  temperature: {
    says: "A factor on the prior's noise: below 1 draws keep to the middle, above 1 they leave it.",
  },
  "test digit": {
    says: "A digit that no model was trained on: figures are measured on 10,000 of them.",
    also: ["test digits"],
  },
  "t-SNE": {
    says: "A map that keeps neighbours together and little else: distances between groups mean nothing.",
  },
  VAE: {
    says: "Variational autoencoder: an autoencoder whose codes are distributions kept near a prior, so that new pictures can be drawn.",
    also: ["VAEs", "variational autoencoder", "variational"],
  },
  weights: { says: "The numbers inside a net that training changes." },
};
