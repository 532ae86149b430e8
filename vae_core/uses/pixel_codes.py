"""Pixels on the stack, given p(x|z): black or white, or one of 256 grey levels.

A grey level is eight questions, each halving the levels that are left, and each a Bernoulli whose
probability the logistic's distribution function gives.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from vae_core.data.digits import binarise
from vae_core.models import Model
from vae_core.probability import likelihoods
from vae_core.probability.likelihoods.discretized_logistic import LEVELS, DiscretizedLogistic
from vae_core.probability.protocols import PixelDistribution
from vae_core.runtime import from_array
from vae_core.uses.ans import Real, Stack, Whole

Pixels = NDArray[np.bool_ | np.uint8]
"""Pictures (n, 784), black and white or of 256 levels."""
BITS = 8
WHITE = LEVELS - 1


class PixelCode(Protocol):
    """How the pixels of one kind of p(x|z) are written."""

    name: str

    def taken(self, x: torch.Tensor, seed: int) -> Pixels:
        """Grey pictures (n, 1, 28, 28) in [0, 1] as what is written, (n, 784)."""
        ...

    def inputs(self, pictures: Pixels) -> torch.Tensor:
        """What is written as x (n, 1, 28, 28)."""
        ...

    def shown(self, pictures: Pixels) -> NDArray[np.uint8]:
        """What is written as grey bytes (n, 784)."""
        ...

    def push(self, stack: Stack, pictures: Pixels, p: PixelDistribution) -> None:
        """Push pictures (b, 784) under p(x|z)."""
        ...

    def pop(self, stack: Stack, p: PixelDistribution) -> Pixels:
        """Pop pictures (b, 784)."""
        ...


class BlackOrWhite:
    """One bit a pixel, by its probability."""

    name = "binary"

    def taken(self, x: torch.Tensor, seed: int) -> Pixels:
        """Each pixel drawn black or white by a seed."""
        drawn = binarise(x, torch.Generator().manual_seed(seed))
        return drawn.flatten(1).numpy().astype(np.bool_)

    def inputs(self, pictures: Pixels) -> torch.Tensor:
        """Zeros and ones."""
        return from_array(pictures).float().view(-1, 1, 28, 28)

    def shown(self, pictures: Pixels) -> NDArray[np.uint8]:
        """0 and 255."""
        return pictures.astype(np.uint8) * WHITE

    def push(self, stack: Stack, pictures: Pixels, p: PixelDistribution) -> None:
        """All pixels at once."""
        stack.push_binary(pictures.astype(np.int32).ravel(), _numbers(p.mean))

    def pop(self, stack: Stack, p: PixelDistribution) -> Pixels:
        """All pixels at once."""
        values = stack.pop_binary(_numbers(p.mean))
        return values.astype(np.bool_).reshape(len(p.mean), -1)


class GreyLevels:
    """Eight bits a pixel, the highest first, by a discretized logistic."""

    name = "levels"

    def taken(self, x: torch.Tensor, seed: int) -> Pixels:
        """The nearest level; nothing is drawn."""
        return torch.round(x * WHITE).flatten(1).to(torch.uint8).numpy()

    def inputs(self, pictures: Pixels) -> torch.Tensor:
        """Levels over 255."""
        return (from_array(pictures).float() / WHITE).view(-1, 1, 28, 28)

    def shown(self, pictures: Pixels) -> NDArray[np.uint8]:
        """As it is."""
        return pictures.astype(np.uint8)

    def push(self, stack: Stack, pictures: Pixels, p: PixelDistribution) -> None:
        """The lowest bit first, since a stack gives back the last."""
        logistic = Logistic(p)
        levels = pictures.ravel().astype(np.int32)
        for bit in range(BITS):
            width = 1 << bit
            low = levels // (2 * width) * (2 * width)
            upper = (levels - low) // width
            stack.push_binary(upper.astype(np.int32), logistic.upper_half(low, width))

    def pop(self, stack: Stack, p: PixelDistribution) -> Pixels:
        """Half of the levels are left after each bit."""
        logistic = Logistic(p)
        low = np.zeros(logistic.location.size, np.int32)
        for bit in reversed(range(BITS)):
            width = 1 << bit
            low += width * stack.pop_binary(logistic.upper_half(low, width))
        return low.astype(np.uint8).reshape(len(p.mean), -1)


class Logistic:
    """The parameters of discretized logistics as numbers (n,)."""

    def __init__(self, p: PixelDistribution) -> None:
        assert isinstance(p, DiscretizedLogistic)
        self.location, self.inverse = _numbers(p.location), np.exp(-_numbers(p.log_scale))

    def upper_half(self, low: Whole, width: int) -> Real:
        """How likely the upper half of 2 * width levels from `low` (n,) is, given these levels."""
        whole = self._log_mass(low, low + 2 * width)
        return np.exp(self._log_mass(low + width, low + 2 * width) - whole).clip(0, 1)

    def _log_mass(self, first: Whole, end: Whole) -> Real:
        """log of the mass of the levels from `first` up to, without, `end`; exact in both tails."""
        below, above = self._edge(first), self._edge(end)
        # log(s(a) - s(b)) = log s(a) + log s(-b) + log(1 - e^(b - a)).
        return -_softplus(-above) - _softplus(below) + np.log(-np.expm1(below - above))

    def _edge(self, level: Whole) -> Real:
        """The lower edge of a level's bin in scales from the location; black and white reach on."""
        edge = ((level - 0.5) / WHITE - self.location) * self.inverse
        return np.where(level == 0, -np.inf, np.where(level == LEVELS, np.inf, edge))


def _softplus(x: Real) -> Real:
    return np.logaddexp(0, x)


def _numbers(x: torch.Tensor) -> Real:
    return x.double().flatten().numpy()


def of(model: Model) -> PixelCode | None:
    """The code of a model's pixels; None where its likelihood is of another kind."""
    likelihood = likelihoods.get(model.config.likelihood)
    if likelihood.takes_binary:
        return BlackOrWhite()
    return GreyLevels() if likelihood.quantity == "levels" else None
