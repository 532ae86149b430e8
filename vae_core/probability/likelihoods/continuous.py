"""Grey pixels with a density around the decoder's output, and the squared error without one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn

from vae_core.probability.likelihoods.pixelwise import PixelWise
from vae_core.probability.likelihoods.registry import register, uniform
from vae_core.probability.protocols import PixelDistribution

TAKES = ("scale", "link")


class SquaredError(PixelWise):
    """Minus half the squared error: a unit Gaussian without its constant, so no likelihood.

    Args:
        mean: (..., 1, 28, 28).
    """

    formula: ClassVar[str] = "(x - m)^2 / 2"

    def __init__(self, mean: Tensor) -> None:
        self.mean = mean

    def log_probs(self, x: Tensor) -> Tensor:
        """-1/2 (x - mean)^2 of each pixel."""
        return -0.5 * (x - self.mean) ** 2

    def parameters(self, x: Tensor) -> Mapping[str, Tensor]:
        """The mean m."""
        return {"m": self.mean}

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """The mean: there is no distribution to draw from."""
        return self.mean


class Gaussian(PixelWise):
    """Each pixel N(mean, scale^2): squared error in the unit that `scale` sets.

    Args:
        mean: (..., 1, 28, 28).
        scale: the standard deviation, broadcasting against the mean.
    """

    formula: ClassVar[str] = "((x - m) / s)^2 / 2 + log(s) + log(2 * pi) / 2"

    def __init__(self, mean: Tensor, scale: Tensor) -> None:
        self.mean, self.scale = mean, scale

    def log_probs(self, x: Tensor) -> Tensor:
        """Log-density of each pixel; it may be positive, as densities are not probabilities."""
        standard = (x - self.mean) / self.scale
        constant = torch.log(self.scale) + 0.5 * math.log(2 * math.pi)
        return -(0.5 * standard**2 + constant)

    def parameters(self, x: Tensor) -> Mapping[str, Tensor]:
        """The mean m and the standard deviation s."""
        return {"m": self.mean, "s": self.scale}

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """A draw, shaped as the mean; the tails leave [0, 1]."""
        like = self.mean
        noise = torch.randn(like.shape, generator=generator, device=like.device, dtype=like.dtype)
        return self.mean + self.scale * noise


class Laplace(PixelWise):
    """Each pixel with density exp(-|x - mean| / scale) / (2 scale): absolute error.

    Args:
        mean: (..., 1, 28, 28).
        scale: b, broadcasting against the mean.
    """

    formula: ClassVar[str] = "abs(x - m) / b + log(2 * b)"

    def __init__(self, mean: Tensor, scale: Tensor) -> None:
        self.mean, self.scale = mean, scale

    def log_probs(self, x: Tensor) -> Tensor:
        """Log-density of each pixel in nats."""
        distance = (x - self.mean).abs() / self.scale
        return -(distance + torch.log(2 * self.scale))

    def parameters(self, x: Tensor) -> Mapping[str, Tensor]:
        """The mean m and the scale b."""
        return {"m": self.mean, "b": self.scale}

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """A draw, shaped as the mean; the tails leave [0, 1]."""
        u = uniform(self.mean, generator) - 0.5
        # The inverse of the distribution function; 1 - 2|u| is never zero but for |u| = 1/2.
        tail = torch.log1p(-2 * u.abs().clamp(max=0.5 - 1e-7))
        return self.mean - self.scale * u.sign() * tail


class ContinuousHead(nn.Module):
    """The mean is the decoder's output or its sigmoid; the scale is fixed by the config.

    Args:
        scale: standard deviation (Gaussian) or b (Laplace), above 0.
        link: "sigmoid" or "identity".
    """

    channels = 1
    log_scale: Tensor

    def __init__(self, scale: float = 1.0, link: str = "sigmoid") -> None:
        super().__init__()
        self.link = link
        self._hold(torch.tensor(math.log(scale)))

    def _hold(self, log_scale: Tensor) -> None:
        # What the config fixes is no weight: it is not saved.
        self.register_buffer("log_scale", log_scale, persistent=False)

    def forward(self, out: Tensor) -> PixelDistribution:
        mean = torch.sigmoid(out) if self.link == "sigmoid" else out
        return self.distribution(mean, torch.exp(self.log_scale))

    def distribution(self, mean: Tensor, scale: Tensor) -> PixelDistribution:
        """p(x|z) around `mean`."""
        raise NotImplementedError


@register(
    "squared-error", takes=TAKES, quantity="squared-error", is_normalised=False, suits=("ae",)
)
class SquaredErrorHead(ContinuousHead):
    """Half the squared error around the decoder's output."""

    def distribution(self, mean: Tensor, scale: Tensor) -> SquaredError:
        return SquaredError(mean)


@register("gaussian", takes=TAKES, quantity="density")
class GaussianHead(ContinuousHead):
    """A Gaussian of fixed width."""

    def distribution(self, mean: Tensor, scale: Tensor) -> Gaussian:
        return Gaussian(mean, scale)


@register("gaussian-learned", takes=TAKES, quantity="density")
class LearnedGaussianHead(GaussianHead):
    """A Gaussian whose width, one for all pixels, is a weight."""

    def _hold(self, log_scale: Tensor) -> None:
        self.log_scale = nn.Parameter(log_scale)


@register("laplace", takes=TAKES, quantity="density")
class LaplaceHead(ContinuousHead):
    """A Laplace distribution of fixed width."""

    def distribution(self, mean: Tensor, scale: Tensor) -> Laplace:
        return Laplace(mean, scale)
