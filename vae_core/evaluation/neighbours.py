"""Nearest neighbours among features or pictures, and the manifolds that they span."""

from __future__ import annotations

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.probability.shapes import Float

ROWS = 1000
NEIGHBOURS = 3
"""k of the manifolds' radii, as in the paper."""


def precision_recall(
    real: Float[Tensor, "n d"], fake: Float[Tensor, "m d"], k: int = NEIGHBOURS
) -> tuple[float, float]:
    """The share of fakes on the manifold of the real, and of the real on that of the fakes.

    A manifold is the union of balls around its points, each reaching to the point's k-th
    nearest neighbour (Kynkäänniemi et al., 2019).

    Args:
        real: features (n, d).
        fake: features (m, d).
        k: of the radii; less than n and m.

    Raises:
        ValueError: k is not between 1 and the smaller count less one.
    """
    most = min(len(real), len(fake)) - 1
    if not 1 <= k <= most:
        raise ValueError(f"k is {k}; it must be between 1 and {most}.")
    precision = _covered(fake, real, radii(real, k))
    return precision, _covered(real, fake, radii(fake, k))


def radii(points: Float[Tensor, "n d"], k: int) -> Float[Tensor, " n"]:
    """The squared distance of each point (n, d) to its k-th nearest other point, (n,)."""
    squares = (points**2).sum(1)
    parts: list[Tensor] = []
    for start in range(0, len(points), ROWS):
        part = points[start : start + ROWS]
        relative = torch.addmm(squares, part, points.T, alpha=-2)
        # A point is not its own neighbour; its place tells, since rounding blurs the zero.
        rows = torch.arange(len(part))
        relative[rows, start + rows] = torch.inf
        nearest = relative.topk(k, dim=1, largest=False).values[:, -1]
        parts.append((nearest + squares[start : start + ROWS]).clamp_min(0))
    return torch.cat(parts)


def nearest_distances(
    x: Float[Tensor, "n ..."], others: Float[Tensor, "m ..."]
) -> Float[Tensor, " n"]:
    """The Euclidean distance of each x (n, ...) to the nearest of others (m, ...), (n,)."""
    x, others = x.flatten(1), others.flatten(1)
    return _lowest(x, others, torch.zeros(len(others), dtype=x.dtype)).clamp_min(0).sqrt()


def _covered(points: Tensor, centres: Tensor, squared_radii: Tensor) -> float:
    """The share of points within a ball: where |x - c|^2 - r^2 <= 0 for some centre."""
    return float((_lowest(points, centres, squared_radii) <= 0).double().mean())


def _lowest(points: Tensor, centres: Tensor, offsets: Tensor) -> Tensor:
    """min over the centres (m, d) of |x - c|^2 - offset_c, for each of the points (n, d)."""
    squares = (centres**2).sum(1) - offsets
    parts: list[Tensor] = []
    for part in runtime.pieces(points, ROWS):
        best = torch.full((len(part),), torch.inf, dtype=part.dtype)
        # In blocks that stay in a core's cache, and never the whole matrix in memory.
        blocks = zip(runtime.pieces(centres, ROWS), runtime.pieces(squares, ROWS), strict=True)
        for block, square in blocks:
            best = best.minimum(torch.addmm(square, part, block.T, alpha=-2).amin(1))
        parts.append(best + (part**2).sum(1))
    return torch.cat(parts)
