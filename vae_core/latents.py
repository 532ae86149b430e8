"""Distributions over the latent space: the posterior q(z|x) and the prior p(z)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

LOG_TWO_PI = math.log(2 * math.pi)


class DiagonalGaussian:
    """N(mean, diag(exp(logvar))), a batch of b of them in d dimensions.

    Args:
        mean: (b, d).
        logvar: (b, d), the natural logarithm of the variance: it needs no sign constraint.
    """

    def __init__(self, mean: Tensor, logvar: Tensor) -> None:
        self.mean = mean
        self.logvar = logvar

    def at(self, eps: Tensor) -> Tensor:
        """mean + exp(logvar / 2) * eps, (..., b, d): gradients pass the draw to both."""
        return self.mean + torch.exp(0.5 * self.logvar) * eps

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """A reparameterised draw, (b, d)."""
        like = self.mean
        eps = torch.randn(like.shape, generator=generator, device=like.device, dtype=like.dtype)
        return self.at(eps)

    def log_prob(self, z: Tensor) -> Tensor:
        """Log-density of z (..., b, d) in nats, (..., b)."""
        squared = (z - self.mean) ** 2 * torch.exp(-self.logvar)
        return -0.5 * (squared + self.logvar + LOG_TWO_PI).sum(-1)

    def kl(self) -> Tensor:
        """KL(q || N(0, I)) for each dimension in nats, (b, d)."""
        return 0.5 * (self.mean**2 + torch.exp(self.logvar) - self.logvar - 1)


class StandardNormal(nn.Module):
    """The prior N(0, I): it factorises, so that the rate can be read dimension by dimension."""

    factorises = True

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def log_prob(self, z: Tensor) -> Tensor:
        """Log-density of z (..., d) in nats, (...)."""
        return -0.5 * (z**2 + LOG_TWO_PI).sum(-1)

    def to_sliders(self, z: Tensor) -> Tensor:
        """The position u of the sliders that stands for z; here z itself."""
        return z

    def from_sliders(self, u: Tensor) -> Tensor:
        """The latent z that the sliders' position u stands for; here u itself."""
        return u
