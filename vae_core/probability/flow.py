"""A learned prior: a flow from the latents to standard normal noise, exact in both directions.

Imported only where a model has such a prior, so that `import vae_core` does not pull in zuko.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor, nn

# zuko annotates its code, but does not say so by a py.typed.
from zuko.nn import MLP  # pyright: ignore[reportMissingTypeStubs]
from zuko.transforms import MonotonicAffineTransform  # pyright: ignore[reportMissingTypeStubs]

from vae_core import runtime
from vae_core.probability.latents import StandardNormal, one_hot
from vae_core.probability.shapes import Float
from vae_core.probability.whitening import check_orthonormal

LOG_SCALE_LIMIT = 2.0
"""One coupling stretches a dimension by less than e^2, however wild its net: the inverse of the
whole stays accurate in single precision."""


class FlowPrior(nn.Module):
    """p(z) of z = f^-1(u), u ~ N(0, I), f a stack of affine couplings (Dinh et al., 2017).

    The sliders move u, whose density is that of plain noise. The rate has no dimensions in z any
    more: `factorises` is False. Noise looks the same from every side, so that the sliders may lie
    along any axes of it: `rotate` sets them, and changes nothing else.

    With `classes`, every coupling takes the label: p(z|y), each an exact density, and p(z) their
    mixture. Sliders without a label stand in the noise of "unknown", which it was trained on too.

    Args:
        dim: the number of latent dimensions, 2 or more.
        classes: how many labels there are; 0 for a prior that takes none.
        couplings: the number of couplings; even and odd entries take turns.
        hidden_dims: the widths of each coupling's net.

    Raises:
        ValueError: dim is less than 2, or couplings less than 1.
    """

    factorises = False
    axes: Tensor

    def __init__(
        self,
        dim: int,
        *,
        classes: int = 0,
        couplings: int = 6,
        hidden_dims: Sequence[int] = (128, 128),
    ) -> None:
        super().__init__()
        if dim < 2:
            raise ValueError(f"dim is {dim}; a flow prior needs 2 latent dimensions or more.")
        if couplings < 1:
            raise ValueError(f"couplings is {couplings}; it must be 1 or more.")
        self.dim, self.classes = dim, classes
        self.nets = nn.ModuleList(_net(dim, i % 2, hidden_dims, classes) for i in range(couplings))
        self.base = StandardNormal(dim)
        # Not `eye`: of a tensor without values, torch makes it by way of its compiler, a second.
        axes = torch.zeros(dim, dim).fill_diagonal_(1)
        self.register_buffer("axes", axes, persistent=False)

    def rotate(self, axes: Float[Tensor, "d d"]) -> None:
        """Lays the sliders along the columns of `axes` (d, d), directions of the base noise.

        Raises:
            ValueError: they are not orthonormal, so that the sliders' prior would not be N(0, I).
        """
        check_orthonormal(axes, self.dim)
        self.axes.copy_(axes)

    def log_prob(
        self, z: Float[Tensor, "*b {self.dim}"], y: Tensor | None = None
    ) -> Float[Tensor, "*b"]:
        """Log-density of z (..., d) in nats, (...).

        A prior that takes labels gives log p(z|y) for y (...), of "unknown" where y is -1; without
        any the density of the exact mixture over labels.
        """
        if self.classes and y is None:
            return self.class_log_probs(z).logsumexp(-1)
        with runtime.full_precision(z.device):
            u, log_volume = self._forth(z, y)
            return self.base.log_prob(u) + log_volume

    def class_log_probs(
        self, z: Float[Tensor, "*b {self.dim}"]
    ) -> Float[Tensor, "*b {self.classes}"]:
        """log p(z|y) + log p(y) of z (..., d) for each label, (..., classes), all as frequent.

        Their softmax is p(y|z), the prior's own reading of a code.
        """
        labels = torch.arange(self.classes, device=z.device)
        spread = z.unsqueeze(-2).expand(*z.shape[:-1], self.classes, self.dim)
        return self.log_prob(spread, labels.expand(spread.shape[:-1])) - math.log(self.classes)

    def to_sliders(
        self, z: Float[Tensor, "*b {self.dim}"], y: Tensor | None = None
    ) -> Float[Tensor, "*b {self.dim}"]:
        """The noise u (..., d) that stands for z under labels y (...), along the sliders' axes."""
        with runtime.full_precision(z.device):
            return self._forth(z, y)[0] @ self.axes

    def from_sliders(
        self, u: Float[Tensor, "*b {self.dim}"], y: Tensor | None = None
    ) -> Float[Tensor, "*b {self.dim}"]:
        """The latent z (..., d) that the noise u stands for, under labels y (...)."""
        with runtime.full_precision(u.device):
            halves, label = _halves(u @ self.axes.T), self._label(u, y)
            for i, net in reversed(list(enumerate(self.nets))):
                kept, moved = i % 2, 1 - i % 2
                affine = _affine(net, halves[kept], label)
                halves[moved] = cast(Tensor, affine.inv(halves[moved]))
            return _joined(halves)

    def _forth(self, z: Tensor, y: Tensor | None) -> tuple[Tensor, Tensor]:
        """The noise, along its own axes, and the log-volume of the way to it, (...)."""
        halves, label = _halves(z), self._label(z, y)
        log_volume = torch.zeros_like(z[..., 0])
        for i, net in enumerate(self.nets):
            kept, moved = i % 2, 1 - i % 2
            affine, before = _affine(net, halves[kept], label), halves[moved]
            halves[moved] = after = cast(Tensor, affine(before))
            log_volume = log_volume + affine.log_abs_det_jacobian(before, after).sum(-1)
        return _joined(halves), log_volume

    def coupling(
        self, i: int, kept: Float[Tensor, "b kept"]
    ) -> tuple[Float[Tensor, "b moved"], Float[Tensor, "b moved"]]:
        """Shift and log-scale by which coupling i moves the other half, of a prior without labels.

        Even couplings keep the even entries of z (b, d), odd ones the odd entries.
        """
        with runtime.full_precision(kept.device):
            affine = _affine(self.nets[i], kept, None)
            nothing = kept.new_zeros(len(kept), self.dim - kept.shape[1])
            return cast(Tensor, affine(nothing)), affine.log_abs_det_jacobian(nothing, nothing)

    def _label(self, like: Tensor, y: Tensor | None) -> Tensor | None:
        """Labels as the couplings take them, (..., classes); None for a prior without labels."""
        return one_hot(y, self.classes, like) if self.classes else None


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


def _net(dim: int, first: int, hidden_dims: Sequence[int], classes: int) -> MLP:
    """From the kept entries and the label to shift and log-scale of the others, at first 0."""
    kept = len(range(first, dim, 2))
    net = MLP(kept + classes, 2 * (dim - kept), hidden_dims, nn.SiLU)
    for parameter in net[-1].parameters():
        nn.init.zeros_(parameter)
    return net


def _affine(net: nn.Module, kept: Tensor, label: Tensor | None) -> MonotonicAffineTransform:
    """The half kept -> an affine map of the other, its log-scales softly bounded."""
    given = kept if label is None else torch.cat((kept, label), -1)
    shift, scale = net(given).chunk(2, dim=-1)
    return MonotonicAffineTransform(shift, scale, slope=math.exp(-LOG_SCALE_LIMIT))
