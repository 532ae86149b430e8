"""Distributions over the latent space: the posterior q(z|x) and the prior p(z)."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vae_core import runtime
from vae_core.probability.shapes import Float

LOG_TWO_PI = math.log(2 * math.pi)


class DiagonalGaussian:
    """N(mean, diag(exp(logvar))), a batch of b of them in d dimensions.

    Args:
        mean: (b, d).
        logvar: (b, d), the natural logarithm of the variance: it needs no sign constraint.
    """

    def __init__(self, mean: Float[Tensor, "*b d"], logvar: Float[Tensor, "*b d"]) -> None:
        self.mean = mean
        self.logvar = logvar

    def at(self, eps: Float[Tensor, "*k d"]) -> Float[Tensor, "*n d"]:
        """mean + exp(logvar / 2) * eps, (..., b, d): gradients pass the draw to both."""
        return self.mean + torch.exp(0.5 * self.logvar) * eps

    def sample(self, generator: torch.Generator | None = None) -> Float[Tensor, "*b d"]:
        """A reparameterised draw, (b, d)."""
        like = self.mean
        eps = torch.randn(like.shape, generator=generator, device=like.device, dtype=like.dtype)
        return self.at(eps)

    def log_prob(self, z: Float[Tensor, "*b d"]) -> Float[Tensor, "*b"]:
        """Log-density of z (..., b, d) in nats, (..., b)."""
        squared = (z - self.mean) ** 2 * torch.exp(-self.logvar)
        return -0.5 * (squared + self.logvar + LOG_TWO_PI).sum(-1)

    def kl(self) -> Float[Tensor, "*b d"]:
        """KL(q || N(0, I)) for each dimension in nats, (b, d)."""
        return 0.5 * (self.mean**2 + torch.exp(self.logvar) - self.logvar - 1)


class StandardNormal(nn.Module):
    """The prior N(0, I): it factorises, so that the rate can be read dimension by dimension."""

    factorises = True

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def log_prob(self, z: Float[Tensor, "*b d"], y: Tensor | None = None) -> Float[Tensor, "*b"]:
        """Log-density of z (..., d) in nats, (...); labels y mean nothing here."""
        return -0.5 * (z**2 + LOG_TWO_PI).sum(-1)

    def to_sliders(
        self, z: Float[Tensor, "*b d"], y: Tensor | None = None
    ) -> Float[Tensor, "*b d"]:
        """The position u of the sliders that stands for z; here z itself."""
        return z

    def from_sliders(
        self, u: Float[Tensor, "*b d"], y: Tensor | None = None
    ) -> Float[Tensor, "*b d"]:
        """The latent z that the sliders' position u stands for; here u itself."""
        return u


class Point:
    """A deterministic code: all the mass on `mean` (b, d), so no variance and no rate."""

    def __init__(self, mean: Float[Tensor, "*b d"]) -> None:
        self.mean = mean

    def at(self, eps: Float[Tensor, "*k d"]) -> Float[Tensor, "*n d"]:
        """The code itself for each noise eps (..., b, d)."""
        return self.mean.expand(runtime.common_shape(eps.shape, self.mean.shape))

    def sample(self, generator: torch.Generator | None = None) -> Float[Tensor, "*b d"]:
        """The code itself, (b, d): there is nothing to draw."""
        return self.mean


class FittedGaussian(nn.Module):
    """N(mean, diag(std^2)) measured on a deterministic model's codes.

    A plain autoencoder has no prior; this one was fitted afterwards, so that its code space can
    be entered at all. Sliders count standard deviations from the mean code.
    """

    factorises = True
    mean: Tensor
    std: Tensor

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim
        self.register_buffer("mean", torch.zeros(dim))
        self.register_buffer("std", torch.ones(dim))

    def fit(self, codes: Float[Tensor, "n {self.dim}"]) -> None:
        """Takes mean and standard deviation from codes (n, d)."""
        self.mean.copy_(codes.mean(0))
        # A dead unit has no spread; a slider of it should move nothing, not divide by zero.
        self.std.copy_(codes.std(0).clamp(min=1e-3))

    def log_prob(self, z: Float[Tensor, "*b d"], y: Tensor | None = None) -> Float[Tensor, "*b"]:
        """Log-density of z (..., d) in nats, (...); labels y mean nothing here."""
        squared = self.to_sliders(z) ** 2
        return -0.5 * (squared + 2 * torch.log(self.std) + LOG_TWO_PI).sum(-1)

    def to_sliders(
        self, z: Float[Tensor, "*b d"], y: Tensor | None = None
    ) -> Float[Tensor, "*b d"]:
        """Standard deviations from the mean code, (..., d)."""
        return (z - self.mean) / self.std

    def from_sliders(
        self, u: Float[Tensor, "*b d"], y: Tensor | None = None
    ) -> Float[Tensor, "*b d"]:
        """The code that the sliders' position u stands for, (..., d)."""
        return self.mean + self.std * u


def one_hot(
    y: Tensor | None, classes: int, like: Float[Tensor, "*b d"]
) -> Float[Tensor, "*b {classes}"]:
    """Labels y (...) as (..., classes) beside `like` (..., d): zeros where unknown, None or -1.

    A y of floats is such shares of the classes (..., classes) already.
    """
    if y is None:
        return like.new_zeros(*like.shape[:-1], classes)
    if y.is_floating_point():
        return y.to(like.dtype)
    known = (y >= 0).unsqueeze(-1)
    return F.one_hot(y.clamp(min=0), classes).to(like.dtype) * known
