"""What the service answers about several models at once; see `replies`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NotRequired, TypedDict

from vae_core.app.service.replies import Reading
from vae_core.app.wire import Grey


class Member(TypedDict):
    """One model's reconstruction of a digit; the costs where they were asked for."""

    name: str
    reconstruction: Grey
    mse: float
    distortion: NotRequired[float]
    rate: NotRequired[float | None]


class Family(TypedDict):
    """One digit through several models."""

    models: list[Member]


class Repaired(TypedDict):
    """A damaged digit, its error, and what each model made of it."""

    damaged: Grey | None
    mse: float | None
    models: list[Member]


class Draws(TypedDict):
    """Digits drawn from one model by its prior or a sampler fitted to its codes."""

    name: str
    sampler: str
    pixels: Grey
    readings: list[Reading] | None


class AllDraws(TypedDict):
    """The draws of several models, each by all its samplers."""

    models: list[Draws]


class Projected(Member):
    """A member with the directions that it combines, 0 mid-grey."""

    axes: Grey


class Projections(TypedDict):
    """The linear autoencoder beside PCA.

    `angle` is the largest principal angle in degrees; `test` the mean squared errors on the test
    digits. Without the model, or the measures beside it, `models` is empty and nothing else there.
    """

    models: list[Projected]
    size: NotRequired[int]
    angle: NotRequired[float]
    test: NotRequired[dict[str, float]]


class Moved(Member):
    """A member with a film for each of `dims`, one after the other."""

    dims: list[int]
    films: Grey


class Betas(TypedDict):
    """Models of several betas; the frames of their films stand at `values`."""

    models: list[Moved]
    values: list[float]


class Copies(TypedDict):
    """One model's reconstructions, and the error of each."""

    name: str
    pixels: Grey
    mse: list[float]


class NonDigits(TypedDict):
    """Pictures that are no digits, of these kinds, and what models make of them."""

    kinds: Sequence[str]
    inputs: Grey
    models: list[Copies]
