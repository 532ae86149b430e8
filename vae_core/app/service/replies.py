"""What the service answers: pictures as arrays, figures as numbers; packing them is the server's.

Digits are grey levels, (28, 28) or (k, 28, 28). Codes are lists of numbers, which are always what
the sliders move: `z` of the latent itself, or of the base space of a flow prior. Times are in
milliseconds, costs in nats.
"""

from __future__ import annotations

from typing import NotRequired, TypeAlias, TypedDict

import numpy as np
from numpy.typing import NDArray

from vae_core.app.wire import Film, Grey, Picture
from vae_core.evaluation.percentiles import Shares
from vae_core.explore.traits import Name

Code: TypeAlias = list[float]
Signed: TypeAlias = NDArray[np.int8]


class Reading(TypedDict):
    """What the classifier reads: a digit 0 to 9, null for "not a digit"; `sure` is 0 to 1."""

    digit: int | None
    sure: float


class Readings(TypedDict):
    """One reading a digit; null without a classifier."""

    readings: list[Reading] | None


class Decoded(TypedDict):
    """Digits, and the time in the decoder."""

    pixels: Grey
    milliseconds: float


class Between(Decoded):
    """One digit on the way between two, and its code."""

    z: Code


class Drawn(Decoded):
    """Digits drawn with a seed, their codes, and the labels that those codes stand under."""

    z: list[Code]
    seed: int
    labels: list[int] | None


class Watched(TypedDict):
    """One draw of a diffusion sampler on its way from noise to a digit, step by step.

    At noise `sigmas[i]`, in standard deviations of the codes, `noisy[i]` is decoded from the code
    as it is and `denoised[i]` from the code that it is taken for, which `readings[i]` is of; at the
    last, without noise, both are the draw. `z` are its slider values; `guidance` says how far each
    step leans towards the label.
    """

    sigmas: list[float]
    noisy: Grey
    denoised: Grey
    readings: list[Reading] | None
    z: Code
    label: int | None
    guidance: float
    milliseconds: float


class Clouds(TypedDict):
    """Codes of test digits and draws, places on one plane in spreads of the codes.

    `labels` are those of the digits; `apart` how far the clouds lie from each other along either
    axis, `by_chance` how far two halves of the codes do (see `evaluation.clouds`); `ends` four
    digits, decoded at both ends of the axis across, -`reach` and `reach`, then of the one up; null
    of a model that paints pixel by pixel.
    """

    codes: list[list[float]]
    labels: list[int]
    draws: list[list[float]]
    apart: list[float]
    by_chance: list[float]
    reach: float
    ends: Grey | None


class Way(Decoded):
    """Digits from one end to another, their codes, the labels of the ends for a model that takes
    labels, and what they read as."""

    z: list[Code]
    labels: list[int | None] | None
    readings: list[Reading] | None


class Filmstrips(TypedDict):
    """A strip of len(values) digits for each of `dims`, one after the other."""

    pixels: Grey
    dims: list[int]
    values: list[float]
    milliseconds: NotRequired[float]


class Films(Filmstrips):
    """Filmstrips through a digit, and what that digit reads as."""

    readings: list[Reading] | None


class Steering(TypedDict):
    """A named direction (see `sliders.Direction`), and `reads`: the coefficients whose product
    with a code says how far along it the code lies, the directions being solved for together."""

    trait: str
    direction: Code
    reads: Code
    kept: float
    moved: float


class Names(TypedDict):
    """What each latent correlates with, measured over so many digits; and where to steer."""

    names: list[Name | None]
    digits: int | None
    directions: list[Steering]


class Animation(TypedDict):
    """Digits as a moving picture, there and back."""

    gif: Film


class Stage(TypedDict):
    """One step of a picture on its way to a digit; width and height are those of `image`."""

    name: str
    title: str
    note: str
    image: Picture
    width: int
    height: int


class Arrived(TypedDict):
    """A picture as a digit, and how it became one.

    `input` is what a model sees, `whole` the same before any damage, `gap` 1 where erased;
    `verdict` the digitizer's words; `odd` whether it looks like no digit; `found` how many digits
    there were and `chosen` the index of this one; polarity, threshold and stroke_width as used.
    With the film: `source`, the upright picture; `size`, its full width and height; `boxes`,
    fractions (x0, y0, x1, y1) of it; `stages`.
    """

    input: Grey
    verdict: str
    odd: bool
    found: int
    chosen: int
    polarity: str
    threshold: float
    stroke_width: float
    whole: NotRequired[Grey]
    gap: NotRequired[Grey]
    source: NotRequired[Picture]
    size: NotRequired[list[int]]
    boxes: NotRequired[list[list[float]]]
    stages: NotRequired[list[Stage]]
    prepare_milliseconds: NotRequired[float]


class Posterior(TypedDict):
    """q(z|x): slider values z of its mean, and mean, logvar and sigma in the latent space.

    A deterministic model has no logvar and no sigma.
    """

    z: Code
    mean: Code
    logvar: Code | None
    sigma: Code | None


class Encoded(Posterior):
    """The code of a digit.

    `label` is the one that the model was given, or null; `own` the model's own reading of the
    code, p(y|z), null where its prior knows no labels; `nearer` the share of the test digits,
    0 to 1, whose codes lie nearer to 0 than this one.
    """

    input: Grey
    label: int | None
    own: Reading | None
    nearer: float | None
    milliseconds: float


class Followed(Arrived, Encoded):
    """The code of a digit, with the way of its picture."""


class Measured(TypedDict):
    """The reconstruction of a digit, and its costs as means over `estimate_draws` draws.

    `difference` is 127 x (reconstruction - input). `draws` are decoded from draws of q(z|x);
    `spread` is their standard deviation a pixel, scaled so that its largest, `spread_peak`, is
    white. `z_drawn` are the slider values of the reconstruction where it is of a draw. `floor` is
    what these greys cost at least (see `percentiles.floor`); rate and elbo are null for a
    deterministic model; mse is that of the mean's reconstruction.
    """

    reconstruction: Grey
    difference: Signed
    z_drawn: Code | None
    draws: Grey
    spread: Grey
    spread_peak: float
    distortion: float
    floor: float
    rate: float | None
    elbo: float | None
    mse: float
    estimate_draws: int


class Ranked(TypedDict):
    """Where a picture stands among the test digits.

    `shares_below` is the share of them, 0 to 1, with less distortion, less rate and a lower cost
    (-ELBO), each above its own floor; `medians` their medians in nats above the floor; both null
    where that is not known.
    """

    shares_below: Shares | None
    medians: Shares | None


class Reconstructed(Arrived, Posterior, Measured, Ranked):
    """A picture taken all the way.

    `label` is the one given to the model, or null; `own` its own reading of the code, p(y|z);
    `readings` are the classifier's, of the input and of the reconstruction.
    """

    label: int | None
    own: Reading | None
    readings: list[Reading] | None
    milliseconds: float


class Filled(TypedDict):
    """Digits equal to the input outside the gap, what they read as, and their mean.

    `acceptance` is the share of proposed codes that were accepted, 0 to 1; null without codes that
    have densities.
    """

    answers: Grey
    average: Grey
    readings: list[Reading] | None
    acceptance: float | None
    milliseconds: float
