"""Two clouds of codes, those of digits and those that are drawn, on the plane that parts them most.

The plane is sought on one half of either cloud and shown with the other: among tens of dimensions
some direction parts any two clouds of the same distribution, but not the next two.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.data.digits import permutation
from vae_core.models import CLASSES
from vae_core.probability.latents import one_hot

LEVELS = 200
"""Quantiles that a distance between two clouds along a line is the mean over."""

STEPS, STARTS, RATE = 100, 12, 0.2
"""Of the ascent, and the directions that it begins with."""

THINNEST, RIDGE = 1e-3, 1e-2
"""Spread of a dimension that hardly any digit uses; what keeps such a one from deciding."""


@dataclass(frozen=True, kw_only=True)
class Clouds:
    """What is shown.

    `codes` (n, 2) and `draws` (m, 2) are places on the plane, its axes in spreads of the codes;
    `labels` (n,) those of the digits. `apart` is how far the clouds lie from each other along
    either axis, the mean distance between their quantiles; `by_chance` how far two halves of the
    codes lie. `axes` (d, 2) lead from the plane to codes: z = centre + spread * (axes @ place).
    """

    codes: Tensor
    labels: Tensor
    draws: Tensor
    apart: tuple[float, float]
    by_chance: tuple[float, float]
    centre: Tensor
    spread: Tensor
    axes: Tensor

    def code_at(self, place: tuple[float, float]) -> Tensor:
        """The code (d,) that stands at a place of the plane and in the middle of all else."""
        return self.centre + self.spread * (self.axes @ torch.tensor(place))


def measure(codes: Tensor, labels: Tensor, draws: Tensor, *, seed: int = 0) -> Clouds:
    """The clouds of codes (n, d), with labels (n,), and of draws (m, d), d at least 2.

    The axes lie among the directions that tell classes apart, where the codes have clusters, and
    that of the difference of the means; each parts the two clouds most among those at right angles
    to the one before (max-sliced Wasserstein distance, Deshpande et al., 2019).
    """
    centre, spread = codes.mean(0), codes.std(0).clamp_min(THINNEST)
    z, other = ((values - centre) / spread for values in (codes, draws))
    rows = permutation(len(z), seed)
    known, shown = z[rows[::2]], z[rows[1::2]]
    drawn, fresh = other[::2], other[1::2]
    frame = _candidates(known, labels[rows[::2]], drawn)
    first = _parting(known @ frame, drawn @ frame, None, seed)
    second = _parting(known @ frame, drawn @ frame, first, seed)
    axes = frame @ torch.stack((first, second), 1)
    axes = axes if codes.shape[1] > 2 else torch.eye(2)
    return Clouds(
        codes=shown @ axes,
        labels=labels[rows[1::2]],
        draws=fresh @ axes,
        apart=_pair(distance(shown @ axes, fresh @ axes)),
        by_chance=_pair(distance(shown @ axes, known @ axes)),
        centre=centre,
        spread=spread,
        axes=axes,
    )


def distance(a: Tensor, b: Tensor) -> Tensor:
    """Along each column of a (n, k) and b (m, k): the mean distance of their quantiles, (k,)."""
    levels = (torch.arange(LEVELS, device=a.device) + 0.5) / LEVELS
    return (a.quantile(levels, 0) - b.quantile(levels, 0)).abs().mean(0)


def _candidates(z: Tensor, labels: Tensor, draws: Tensor) -> Tensor:
    """An orthonormal frame (d, k) to look in: of the classes, and of the difference of the means.

    The first are the linear discriminants of z (n, d) in unit spreads (Fisher, 1936).
    """
    classes = one_hot(labels, CLASSES, z)
    means = classes.T @ z / classes.sum(0).clamp_min(1)[:, None]
    inside = (z - classes @ means).T.cov() + RIDGE * torch.eye(z.shape[1], device=z.device)
    gap = (draws.mean(0) - z.mean(0))[:, None]
    columns = torch.cat(((means - means.mean(0))[:-1].T, gap), 1)
    found = runtime.solve(inside.double(), columns.double()).to(z)
    return runtime.qr(found[:, : z.shape[1]])[0]


def _parting(a: Tensor, b: Tensor, before: Tensor | None, seed: int) -> Tensor:
    """The unit direction (k,) along which a and b lie farthest apart, at right angles to `before`.

    By steepest ascent from several directions, in steps that grow shorter.
    """
    noise = torch.Generator().manual_seed(seed)
    found = torch.randn(a.shape[1], STARTS, generator=noise).to(a)

    def unit(tried: Tensor) -> Tensor:
        free = tried if before is None else tried - before[:, None] * (before @ tried)
        return free / _lengths(free)

    for step in range(STEPS):
        tried = unit(found).requires_grad_(True)
        far = unit(tried)
        (slope,) = torch.autograd.grad(distance(a @ far, b @ far).sum(), [tried])
        found = tried.detach() + RATE * (1 - step / STEPS) * slope / _lengths(slope)
    found = unit(found)
    return found[:, int(distance(a @ found, b @ found).argmax())]


def _lengths(columns: Tensor) -> Tensor:
    return columns.square().sum(0).sqrt().clamp_min(1e-9)


def _pair(x: Tensor) -> tuple[float, float]:
    across, up = runtime.numbers(x)
    return across, up
