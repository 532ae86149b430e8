"""What there is to see of a model while it learns."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vae_core import pictures, runtime
from vae_core.data.digits import Digits, to_floats
from vae_core.evaluation.elbo import elbo
from vae_core.explore import planes
from vae_core.explore.posterior_means import posterior_means
from vae_core.models import Model
from vae_core.probability.protocols import can_fit

SAMPLES, CODES, SEED = 16, 300, 0
"""Draws from the prior, digits whose codes are shown, and the seed of the draws."""


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """A model at one step; costs are means in nats an image.

    Attributes:
        epoch, step, total_steps, seconds: where the run stands, and for how long it computed.
        beta, learning_rate: of this step.
        distortion, rate, loss: of the training digits since the last snapshot; None before the
            first step. A deterministic model's rate is None.
        held_distortion, held_rate: of the digits held out, at one posterior draw each.
        kl: the rate's share of each latent (d,); None where it does not factorise.
        samples: (16, 28, 28), draws from the prior with the same noise every time.
        own: (28, 28), the reconstruction of the watcher's digit; None without one.
        codes: (n, 2), posterior means of digits held out: as they are where d = 2, else on the
            plane of their two principal components, turned to lie as in the last snapshot.
    """

    epoch: int
    step: int
    total_steps: int
    seconds: float
    beta: float
    learning_rate: float
    distortion: float | None
    rate: float | None
    loss: float | None
    held_distortion: float
    held_rate: float | None
    kl: NDArray[np.float32] | None
    samples: NDArray[np.uint8]
    own: NDArray[np.uint8] | None
    codes: NDArray[np.float32]

    @property
    def negative_elbo(self) -> float | None:
        """Of the training digits; None before the first step and of a deterministic model."""
        if self.distortion is None or self.rate is None:
            return None
        return self.distortion + self.rate

    @property
    def held_negative_elbo(self) -> float | None:
        """Of the digits held out; None of a deterministic model."""
        return None if self.held_rate is None else self.held_distortion + self.held_rate


@dataclass(frozen=True, kw_only=True)
class View:
    """What is measured of a model, apart from where its run stands; see `Snapshot`."""

    held_distortion: float
    held_rate: float | None
    kl: NDArray[np.float32] | None
    samples: NDArray[np.uint8]
    own: NDArray[np.uint8] | None
    codes: NDArray[np.float32]


class Observer:
    """Measures a model on digits that are held out of its training.

    Args:
        held: those digits; the codes shown are of the first of them.
        own: the watcher's digit, uint8 (28, 28).
    """

    def __init__(self, held: Digits, own: NDArray[np.uint8] | None = None) -> None:
        self.held = held
        self.shown = held.at(torch.arange(min(CODES, len(held))))
        self.own = None if own is None else to_floats(runtime.from_array(own))[None, None]
        self._last: Tensor | None = None

    def look(self, model: Model) -> View:
        """Measure a model in evaluation mode; a deterministic one's prior is fitted on the way.

        Raises:
            ValueError: its weights are no longer finite.
        """
        found = elbo(model, self.held, with_mse=False)
        if not math.isfinite(found.distortion + (found.rate or 0.0)):
            raise ValueError("the model's figures are no longer finite.")
        means = posterior_means(model, self.shown).float()
        if can_fit(model.prior):
            model.prior.fit(means)
        with runtime.eval_mode(model):
            samples, _ = model.sample(SAMPLES, generator=runtime.generator("cpu", SEED))
            own = None if self.own is None else model.reconstruct(self.own)
        return View(
            held_distortion=found.distortion,
            held_rate=found.rate,
            kl=None if found.kl_per_dim is None else np.array(found.kl_per_dim, np.float32),
            samples=pictures.to_uint8(samples),
            own=None if own is None else pictures.to_uint8(own)[0],
            codes=self._places(means).numpy(),
        )

    def _places(self, means: Tensor) -> Tensor:
        """Codes (n, d) on a plane, (n, 2)."""
        if means.shape[1] == 1:
            return torch.cat((means, torch.zeros_like(means)), 1)
        if means.shape[1] == 2:
            return means
        places = planes.principal(means).coordinates(means)
        self._last = places if self._last is None else turned(places, self._last)
        return self._last


def turned(places: Tensor, last: Tensor) -> Tensor:
    """Places (n, 2), turned and mirrored to lie as near as they can to the `last` (n, 2).

    The axes of a principal plane may change sign or places from one step to the next
    (the orthogonal Procrustes problem; Schönemann, 1966).
    """
    u, _, v = runtime.svd(places.T @ last)
    return places @ (u @ v)
