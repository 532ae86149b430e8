"""Sliders for codes of any distribution: standard deviations along their principal directions."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from vae_core import runtime
from vae_core.probability.shapes import Float

LEAST_STD = 1e-3
"""Along a direction without spread a slider should move nothing, not divide by zero."""


class Whitening(nn.Module):
    """u = (z - mean) V / std, with the principal directions V of a distribution, widest first.

    A straight slider is a straight way through the codes, and u has the mean 0 and the covariance I
    that plain noise has, whatever else the distribution is.

    Args:
        dim: of the codes.
        persistent: whether what was fitted is saved with the weights.
    """

    mean: Tensor
    directions: Tensor
    std: Tensor

    def __init__(self, dim: int, *, persistent: bool) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(dim), persistent=persistent)
        self.register_buffer("directions", torch.eye(dim), persistent=persistent)
        self.register_buffer("std", torch.ones(dim), persistent=persistent)

    @torch.no_grad()
    def fit(
        self, mean: Float[Tensor, " d"], covariance: Float[Tensor, "d d"], *, least: float = 0.0
    ) -> None:
        """Takes the place and the shape of a distribution from its first two moments.

        A slider counts no less than the share `least` of the widest direction's deviation.
        """
        # Apple's GPU has no double precision, and no eigenvectors.
        mps = covariance.device.type == "mps"
        values, vectors = runtime.eigh((covariance.cpu() if mps else covariance).double())
        vectors = vectors.flip(1)
        # Of the two signs of a direction the one whose largest entry is positive.
        largest = vectors.gather(0, vectors.abs().argmax(0, keepdim=True))
        self.mean.copy_(mean)
        self.directions.copy_(vectors * largest.sign())
        std = values.flip(0).clamp(min=0).sqrt()
        self.std.copy_(torch.maximum(std, (least * std[0]).clamp(min=LEAST_STD)))

    def forth(self, z: Float[Tensor, "*b d"]) -> Float[Tensor, "*b d"]:
        """Standard deviations from the mean, (..., d)."""
        return (z - self.mean) @ self.directions / self.std

    def back(self, u: Float[Tensor, "*b d"]) -> Float[Tensor, "*b d"]:
        """The inverse of `forth`."""
        return self.mean + (u * self.std) @ self.directions.T


def check_orthonormal(axes: Tensor, dim: int) -> None:
    """ValueError, unless the columns of `axes` are `dim` orthonormal directions, (dim, dim)."""
    eye = torch.eye(dim)
    if axes.shape != eye.shape or not torch.allclose(axes.T @ axes, eye.to(axes), atol=1e-5):
        raise ValueError(f"axes is {tuple(axes.shape)}; it must be ({dim}, {dim}), orthonormal.")
