// Shapes of what travels: the page's data, the state, answers of the server. Types alone, no code.

/**
 * One model, as its card has it.
 *
 * @typedef {object} Model
 * @property {string} name
 * @property {string} title
 * @property {string} group a heading of the family
 * @property {number} latent_dim
 * @property {number[]} order latents, the one that carries or moves most first
 * @property {number[]} unused latents that carry less than 0.01 nats
 * @property {number[] | null} kl_per_dim nats, null where the prior does not factorise
 * @property {number[] | null} moves how much each slider moves the picture, 1 for the most
 * @property {boolean} variational
 * @property {boolean} slow paints pixel by pixel
 * @property {boolean} has_rate whether a code has a probability, and so a cost
 * @property {boolean} sliders_are_noise noise for them is a draw of the prior; else it draws itself
 * @property {{ sliders: string, draws: string, gaussian: string } | null} words on such a prior
 * @property {boolean} takes_labels its decoder takes a digit as well
 * @property {string[]} samplers fitted to its codes after training
 * @property {boolean} conditional was measured with the label given
 * @property {string} prior
 * @property {string} quantity what its distortion counts: a key of QUANTITIES
 * @property {{ kind: string, level: number } | null} corruption that it was trained to repair
 * @property {number} [parameters]
 * @property {number} steers how many directions with a name there are to steer along
 * @property {DataSet | null} [dataset] null or absent for MNIST
 * @property {string | null} path the way between two digits to offer first, where it was measured
 * @property {string[]} [outdated] figures of earlier weights
 * @property {Metrics | null} metrics
 * @property {CurvePoint | null} [measured] of a visitor's model, on digits held out of its training
 * @property {string} [ending] of its run: "done", "stopped", "time", or "brought"
 * @property {string} [recipe] that it was trained by
 * @property {number} [bytes] of its files
 */

/**
 * The set of a model that is not of MNIST, with its examples in one sheet.
 *
 * @typedef {object} DataSet
 * @property {string} name
 * @property {string} title
 * @property {string[]} classes none for a set without
 * @property {boolean} digits whether they are handwritten digits
 * @property {number[]} examples labels of the examples
 * @property {number} columns of the sheet
 * @property {string} url of the sheet, relative to the page
 * @property {boolean} reader whether a net names what its pictures show
 */

/**
 * A point of the curves of a run: costs a digit, null where there is none.
 *
 * @typedef {object} CurvePoint
 * @property {number} epoch
 * @property {number} step
 * @property {number} seconds
 * @property {number} beta
 * @property {number} learning_rate
 * @property {number | null} distortion of the training digits
 * @property {number | null} rate
 * @property {number | null} negative_elbo
 * @property {number | null} loss
 * @property {number} held_distortion of digits held out
 * @property {number | null} held_rate
 * @property {number | null} held_negative_elbo
 */

/**
 * Figures over the test digits; null or absent where not measured.
 *
 * @typedef {{ [figure: string]: number | null | undefined }} Metrics
 */

/**
 * What the server knew when it wrote the page.
 *
 * @typedef {object} Boot
 * @property {Model[]} models
 * @property {string | null} chosen
 * @property {FirstDigit | null} first
 * @property {string[]} panels
 * @property {string} device
 * @property {Sheet} examples
 */

/**
 * The example digit that the page opens on, and its code.
 *
 * @typedef {object} FirstDigit
 * @property {string} checkpoint whose code it is
 * @property {string} input base64 of the digit's 784 bytes
 * @property {number} place of it in the example sheet
 * @property {number[]} z
 * @property {number | null} nearer share of test codes nearer to the mean
 * @property {string} pixels base64 of the decoded digit
 * @property {number | null} label that the code stands under, null for a model that takes none
 */

/**
 * Example digits in one picture.
 *
 * @typedef {object} Sheet
 * @property {number} columns
 * @property {number[]} labels
 * @property {string} url relative to the page
 */

/**
 * The state of the page, mirrored in its address.
 *
 * @typedef {object} State
 * @property {string | null} model name of the chosen model
 * @property {string} panel
 * @property {number[] | null} u slider values of Explore, null for where the panel begins
 * @property {number} seed
 * @property {number} n
 * @property {number} temperature
 * @property {number | null} label the digit that a conditional model is given
 */

/**
 * A Gradio component's server functions: each takes one object and answers with one.
 *
 * @typedef {Record<string, (argument: any) => Promise<any>>} Server
 */

/**
 * What an independent classifier reads in a picture: a digit or null, and how sure it is, 0 to 1.
 *
 * @typedef {{ digit: number | null, sure: number }} Reading
 */

/**
 * A picture as the server takes one: a data URI, base64 of 784 bytes, or a digit that it made.
 *
 * @typedef {string | { pixels: string } | { digit: string }} Picture
 */

/**
 * Options of the digitizer that were set by hand.
 *
 * @typedef {object} DigitizerOptions
 * @property {string} [polarity]
 * @property {number | string} [stroke]
 * @property {number} [threshold]
 * @property {number | null} [choose]
 * @property {string} [odd]
 */

/**
 * One step of the digitizer: its picture, its name, what it found.
 *
 * @typedef {object} Stage
 * @property {string} title
 * @property {string} note
 * @property {string} image data URI
 * @property {number} width
 * @property {number} height
 */

/**
 * What the digitizer made of a picture.
 *
 * @typedef {object} Digitized
 * @property {string} input base64 of the digit's 784 bytes
 * @property {string} verdict
 * @property {boolean} [odd] whether it does not look like a digit
 * @property {Stage[]} stages
 * @property {number} threshold
 * @property {string} [source] data URI of the whole picture, upright
 * @property {Box[]} [boxes] the digits found in it
 * @property {number} [chosen]
 */

/** @typedef {[number, number, number, number]} Box x0, y0, x1, y1 as shares of the picture */

/**
 * The code of a picture.
 *
 * @typedef {Digitized & { z: number[], label: number | null, nearer: number | null }} Encoded
 */

/**
 * What a panel hands to another one.
 *
 * @typedef {object} Parcel
 * @property {Picture} [picture]
 * @property {number[]} [z] a code of `checkpoint`
 * @property {string} [pixels] the digit that stands for z, base64
 * @property {string | null} [checkpoint]
 * @property {number | null} [label]
 * @property {string} [from]
 * @property {string} [end] of Interpolate: "a" or "b"
 */

/**
 * A share of the test digits below, or a median of theirs; cost is absent without a rate.
 *
 * @typedef {{ distortion: number, rate?: number | null, cost?: number | null }} Costs
 */

/**
 * A picture through a model and back.
 *
 * @typedef {object} ReconstructionPart
 * @property {string} reconstruction base64 of a digit
 * @property {string} difference base64 of 784 signed bytes
 * @property {string} draws base64 of digits
 * @property {string} spread base64 of a digit: where the draws disagree
 * @property {number} spread_peak
 * @property {number[]} z slider values of the mean
 * @property {number[]} mean
 * @property {number[] | null} logvar
 * @property {number[] | null} sigma
 * @property {number[] | null} z_drawn slider values of the draw that was decoded, if one was
 * @property {number} distortion
 * @property {number | null} rate
 * @property {number} floor
 * @property {number} mse
 * @property {number} estimate_draws
 * @property {Costs | null} shares_below
 * @property {Costs | null} medians
 * @property {Reading[] | null} readings of the digit and of its reconstruction
 * @property {Reading | null} own what the model itself reads in the code, p(y|z)
 * @property {string | null} [gap] base64 of 784 bytes: which pixels are missing
 * @property {string | null} [whole] the digit before it was damaged
 */

/** @typedef {Digitized & ReconstructionPart} Reconstruction */

/**
 * @typedef {{ kind: string, amount: number, seed: number, mask?: string }} Damage
 */

export {};
