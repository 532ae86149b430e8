"""Where codes are dense on a plane, as levels that contours are drawn from."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from vae_core.app.wire import Grey
from vae_core.runtime import numbers

SIDE = 96
BANDWIDTH = 3.0
"""Of the smoothing, in cells of the grid: a thirtieth of the map."""
FAR = 0.001
"""Share of the draws that may lie outside of the map on each side."""
ROOM = 0.08
"""Beyond the outermost codes, as a share of the span."""


def extent(places: Tensor, drawn: Tensor) -> list[float]:
    """The least s, the largest s, the least t and the largest t, with some room around.

    All places (n, 2) lie within, and all but a few of the draws (m, 2).
    """
    ordered, few = drawn.sort(0).values, int(FAR * len(drawn))
    low = torch.minimum(places.amin(0), ordered[few])
    high = torch.maximum(places.amax(0), ordered[-1 - few])
    room = ROOM * (high - low).clamp_min(1e-6)
    (s0, t0), (s1, t1) = numbers(low - room), numbers(high + room)
    return [s0, s1, t0, t1]


def mass(places: Tensor, within: list[float]) -> Grey:
    """How much of the places (n, 2) lies where they are denser than at each cell.

    Args:
        places: of the codes.
        within: as `extent` gives it.

    Returns:
        Grey levels (SIDE, SIDE), rows from the largest t downwards: 255 (1 - sqrt(1 - share)), so
        that the outskirts, which hold little, are distinguished as well.
    """
    s0, s1, t0, t1 = within
    column = ((places[:, 0] - s0) / (s1 - s0) * SIDE).floor().long()
    row = ((t1 - places[:, 1]) / (t1 - t0) * SIDE).floor().long()
    inside = (column >= 0) & (column < SIDE) & (row >= 0) & (row < SIDE)
    column, row = column[inside], row[inside]
    counts = torch.bincount(row * SIDE + column, minlength=SIDE * SIDE).float()
    dense = _smoothed(counts.view(SIDE, SIDE)).flatten()
    order = dense.argsort(descending=True)
    share = torch.empty_like(dense)
    share[order] = dense[order].cumsum(0) / dense.sum()
    spread = 1 - (1 - share.clamp(0, 1)).sqrt()
    return (255 * spread).round().clamp(0, 255).byte().view(SIDE, SIDE).numpy()


def _smoothed(counts: Tensor) -> Tensor:
    reach = int(4 * BANDWIDTH)
    offsets = torch.arange(-reach, reach + 1).float()
    kernel = torch.exp(-0.5 * (offsets / BANDWIDTH) ** 2)
    kernel = kernel / kernel.sum()
    across = F.conv2d(counts[None, None], kernel.view(1, 1, 1, -1), padding=(0, reach))
    return F.conv2d(across, kernel.view(1, 1, -1, 1), padding=(reach, 0))[0, 0]
