"""What the service answers about one picture's way through a model; see `replies`.

Activations are signed bytes, 127 times their share of `scale`; everything else is exact to six
decimals. Costs are in nats.
"""

from __future__ import annotations

from typing import TypedDict

from vae_core.app.service.replies import Code, Signed
from vae_core.app.service.source_lines import Lines
from vae_core.app.wire import Grey


class Sources(TypedDict):
    """The lines of code of each part, and those of each likelihood's own file."""

    parts: dict[str, Lines]
    likelihoods: dict[str, dict[str, Lines]]


class Activations(TypedDict):
    """What one hidden layer gave: `shape` (channels, height, width), or (units,)."""

    name: str
    shape: list[int]
    scale: float
    values: Signed


class Rate(TypedDict):
    """What the code costs; kl for each latent, null where the prior does not factorise."""

    kl: Code | None
    log_q: float
    log_prior: float
    total: float


class Inside(TypedDict):
    """One picture's way through a model.

    `grey` is the digit, `x` the pixels as the model trains on them, `binary` whether those were
    drawn black or white. `mean` to `base` are codes in the latent space, null where the model has
    none. `channels` are what the decoder gives, `pixels` the mean of p(x|z), `shares` each pixel's
    -log p, `formula` its formula in x and the symbols of `parameters`, which hold a number a pixel
    or one for all. `parts` says which of the sources computes each part.
    """

    grey: Grey
    x: Code
    binary: bool
    label: int | None
    seed: int
    encoder: list[Activations]
    mean: Code
    logvar: Code | None
    eps: Code | None
    z: Code
    base: Code | None
    decoder: list[Activations]
    channels: list[Activations]
    pixels: Code
    formula: str
    parameters: dict[str, Code]
    shares: Code
    distortion: float
    rate: Rate | None
    elbo: float | None
    likelihood: str
    quantity: str
    parts: dict[str, str]
    milliseconds: float


class Estimate(TypedDict):
    """A figure and its standard error over the draws."""

    value: float
    error: float


class Evidence(TypedDict):
    """log p(x) = ELBO + gap; see `evaluation.evidence`."""

    draws: int
    naive: Estimate
    log_p: Estimate
    elbo: Estimate
    distortion: Estimate
    rate: Estimate
    gap: Estimate
    effective: float
    milliseconds: float


class Change(TypedDict):
    """Norms of one layer's weights, of their gradient and of their change."""

    name: str
    kind: str
    parameters: int
    weights: float
    gradient: float
    change: float


class Loss(TypedDict):
    """The terms of the loss."""

    distortion: float
    rate: float
    loss: float


class Step(TypedDict):
    """One training step; see `training.slow_motion`. `objective` is what the loss is."""

    objective: str
    optimiser: str
    learning_rate: float
    samples: int
    beta: float
    before: Loss
    after: Loss
    out: Activations
    mean: Code
    logvar: Code | None
    layers: list[Change]
    foretold: float
    was: Grey
    picture: Grey
    milliseconds: float
