"""A learned prior: a flow from the latents to standard normal noise, exact in both directions.

Imported only where a model has such a prior, so that `import vae_core` does not pull in zuko.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import cast

import torch
from torch import Size, Tensor, nn
from torch.distributions import Transform
from zuko.nn import MLP
from zuko.transforms import (
    CouplingTransform,
    DependentTransform,
    MonotonicAffineTransform,
)

from vae_core.latents import StandardNormal

LOG_SCALE_LIMIT = 2.0
"""One coupling stretches a dimension by less than e^2, however wild its net: the inverse of the
whole stays accurate in single precision."""


class FlowPrior(nn.Module):
    """p(z) of z = f^-1(u), u ~ N(0, I), f a stack of affine couplings (Dinh et al., 2017).

    The sliders move u, so that every setting of them is as typical as its noise. The rate has
    no dimensions in z any more: `factorises` is False.

    Args:
        dim: the number of latent dimensions, 2 or more.
        couplings: the number of couplings; even and odd entries take turns.
        hidden_dims: the widths of each coupling's net.

    Raises:
        ValueError: dim is less than 2, or couplings less than 1.
    """

    factorises = False

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

    def log_prob(self, z: Tensor) -> Tensor:
        """Log-density of z (..., d) in nats, (...)."""
        with _full_precision(z):
            log_volume = torch.zeros_like(z[..., 0])
            for coupling in self._couplings():
                z, stretched = coupling.call_and_ladj(z)
                log_volume = log_volume + stretched
            return self.base.log_prob(z) + log_volume

    def to_sliders(self, z: Tensor) -> Tensor:
        """The noise u (..., d) that stands for z."""
        with _full_precision(z):
            for coupling in self._couplings():
                z = cast(Tensor, coupling(z))
            return z

    def from_sliders(self, u: Tensor) -> Tensor:
        """The latent z (..., d) that the noise u stands for."""
        with _full_precision(u):
            for coupling in reversed(self._couplings()):
                u = cast(Tensor, coupling.inv(u))
            return u

    def _couplings(self) -> list[_Interleaved]:
        return [_Interleaved(_affine(net), i % 2) for i, net in enumerate(self.nets)]


class _Interleaved(CouplingTransform):
    """A coupling that keeps every second entry, from `first` (0 or 1) on, and moves the others.

    Slices rather than zuko's masks: finding a mask's entries waits for the GPU at every call.
    """

    def __init__(self, meta: Callable[[Tensor], Transform], first: int) -> None:
        Transform.__init__(self)
        self.meta = meta
        self.kept, self.moved = slice(first, None, 2), slice(1 - first, None, 2)

    def split(self, x: Tensor) -> tuple[Tensor, Tensor]:
        return x[..., self.kept], x[..., self.moved]

    def merge(self, x_a: Tensor, x_b: Tensor, shape: Size) -> Tensor:
        x = x_a.new_empty(shape)
        x[..., self.kept], x[..., self.moved] = x_a, x_b
        return x


def _net(dim: int, first: int, hidden_dims: Sequence[int]) -> MLP:
    """From the kept entries to shift and log-scale of the others; both start at 0."""
    kept = len(range(first, dim, 2))
    net = MLP(kept, 2 * (dim - kept), hidden_dims, nn.SiLU)
    for parameter in net[-1].parameters():
        nn.init.zeros_(parameter)
    return net


def _affine(net: nn.Module) -> Callable[[Tensor], Transform]:
    """The entries kept -> an affine map of the others, its log-scales softly bounded."""

    def meta(kept: Tensor) -> Transform:
        shift, scale = net(kept).chunk(2, dim=-1)
        return DependentTransform(_bounded(shift, scale), 1)

    return meta


_bounded = functools.partial(MonotonicAffineTransform, slope=math.exp(-LOG_SCALE_LIMIT))


def _full_precision(x: Tensor) -> torch.autocast:
    """No bf16 inside: a rounded density would not be that of the draws."""
    return torch.autocast(x.device.type, enabled=False)
