"""A learned prior: a flow from the latents to standard normal noise, exact in both directions.

Imported only where a model has such a prior, so that `import vae_core` does not pull in zuko.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn
from zuko.nn import MLP
from zuko.transforms import MonotonicAffineTransform

from vae_core.latents import StandardNormal

LOG_SCALE_LIMIT = 2.0
"""One coupling stretches a dimension by less than e^2, however wild its net: the inverse of the
whole stays accurate in single precision."""


class FlowPrior(nn.Module):
    """p(z) of z = f^-1(u), u ~ N(0, I), f a stack of affine couplings (Dinh et al., 2017).

    The sliders move u, whose density is that of plain noise. The rate has no dimensions in z any
    more: `factorises` is False. Noise looks the same from every side, so that the sliders may lie
    along any axes of it: `turn` sets them, and changes nothing else.

    Args:
        dim: the number of latent dimensions, 2 or more.
        couplings: the number of couplings; even and odd entries take turns.
        hidden_dims: the widths of each coupling's net.

    Raises:
        ValueError: dim is less than 2, or couplings less than 1.
    """

    factorises = False
    axes: Tensor

    def __init__(
        self, dim: int, *, couplings: int = 6, hidden_dims: Sequence[int] = (128, 128)
    ) -> None:
        super().__init__()
        if dim < 2:
            raise ValueError(f"dim is {dim}; a flow prior needs 2 latent dimensions or more.")
        if couplings < 1:
            raise ValueError(f"couplings is {couplings}; it must be 1 or more.")
        self.dim = dim
        self.nets = nn.ModuleList(_net(dim, i % 2, hidden_dims) for i in range(couplings))
        self.base = StandardNormal(dim)
        self.register_buffer("axes", torch.eye(dim), persistent=False)

    def turn(self, axes: Tensor) -> None:
        """Lays the sliders along the columns of `axes` (d, d), directions of the base noise.

        Raises:
            ValueError: they are not orthonormal, so that the sliders' prior would not be N(0, I).
        """
        eye = torch.eye(self.dim)
        fits = axes.shape == eye.shape and torch.allclose(axes.T @ axes, eye.to(axes), atol=1e-5)
        if not fits:
            shape = tuple(axes.shape)
            raise ValueError(f"axes is {shape}; it must be {tuple(eye.shape)}, orthonormal.")
        self.axes.copy_(axes)

    def log_prob(self, z: Tensor) -> Tensor:
        """Log-density of z (..., d) in nats, (...)."""
        with _full_precision(z):
            halves, log_volume = _halves(z), torch.zeros_like(z[..., 0])
            for i, net in enumerate(self.nets):
                kept, moved = i % 2, 1 - i % 2
                affine, before = _affine(net, halves[kept]), halves[moved]
                halves[moved] = after = cast(Tensor, affine(before))
                log_volume = log_volume + affine.log_abs_det_jacobian(before, after).sum(-1)
            return self.base.log_prob(_joined(halves)) + log_volume

    def to_sliders(self, z: Tensor) -> Tensor:
        """The noise u (..., d) that stands for z, along the sliders' axes."""
        with _full_precision(z):
            halves = _halves(z)
            for i, net in enumerate(self.nets):
                kept, moved = i % 2, 1 - i % 2
                halves[moved] = cast(Tensor, _affine(net, halves[kept])(halves[moved]))
            return _joined(halves) @ self.axes

    def from_sliders(self, u: Tensor) -> Tensor:
        """The latent z (..., d) that the noise u stands for."""
        with _full_precision(u):
            halves = _halves(u @ self.axes.T)
            for i, net in reversed(list(enumerate(self.nets))):
                kept, moved = i % 2, 1 - i % 2
                halves[moved] = cast(Tensor, _affine(net, halves[kept]).inv(halves[moved]))
            return _joined(halves)


def _halves(x: Tensor) -> list[Tensor]:
    """The even entries and the odd ones: a coupling keeps one half and moves the other.

    Parted once for all couplings, since a slider's position asks for all of them at once.
    """
    return [x[..., 0::2], x[..., 1::2]]


def _joined(halves: Sequence[Tensor]) -> Tensor:
    """The inverse of `_halves`."""
    even, odd = halves
    x = even.new_empty(*even.shape[:-1], even.shape[-1] + odd.shape[-1])
    x[..., 0::2], x[..., 1::2] = even, odd
    return x


def _net(dim: int, first: int, hidden_dims: Sequence[int]) -> MLP:
    """From the kept entries to shift and log-scale of the others; both start at 0."""
    kept = len(range(first, dim, 2))
    net = MLP(kept, 2 * (dim - kept), hidden_dims, nn.SiLU)
    for parameter in net[-1].parameters():
        nn.init.zeros_(parameter)
    return net


def _affine(net: nn.Module, kept: Tensor) -> MonotonicAffineTransform:
    """The half kept -> an affine map of the other, its log-scales softly bounded."""
    shift, scale = net(kept).chunk(2, dim=-1)
    return MonotonicAffineTransform(shift, scale, slope=math.exp(-LOG_SCALE_LIMIT))


def _full_precision(x: Tensor) -> torch.autocast:
    """No bf16 inside: a rounded density would not be that of the draws."""
    return torch.autocast(x.device.type, enabled=False)
