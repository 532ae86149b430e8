"""The area under the ROC curve, with its standard error."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from vae_core.probability.shapes import Float


class Area(NamedTuple):
    """The chance that an odd picture scores above a normal one, 0 to 1, and its standard error."""

    value: float
    sem: float


def auroc(normal: Float[Tensor, " n"], odd: Float[Tensor, " m"]) -> Area:
    """The area under the ROC curve of scores that should be higher for the odd, ties by half.

    The standard error is that of DeLong et al. (1988), over the pictures of both kinds.

    Raises:
        ValueError: there are not two of each kind, or a score is NaN.
    """
    normal, odd = normal.double(), odd.double()
    if min(len(normal), len(odd)) < 2:
        raise ValueError(f"there are {len(normal)} normal and {len(odd)} odd scores; two at least.")
    if normal.isnan().any() or odd.isnan().any():
        raise ValueError("a score is NaN.")
    above = _share_below(odd, normal)
    below = 1 - _share_below(normal, odd)
    variance = above.var() / len(odd) + below.var() / len(normal)
    return Area(float(above.mean()), float(variance.sqrt()))


def mean(areas: list[Area]) -> Area:
    """The mean of areas; its standard error holds for independent ones."""
    values = torch.tensor([area.value for area in areas], dtype=torch.float64)
    sems = torch.tensor([area.sem for area in areas], dtype=torch.float64)
    return Area(float(values.mean()), float(sems.square().sum().sqrt()) / len(areas))


def _share_below(x: Tensor, others: Tensor) -> Tensor:
    """The share of `others` (m,) below each of x (n,), equal ones counted by half, (n,)."""
    ordered = others.sort().values
    low = torch.searchsorted(ordered, x, right=False)
    high = torch.searchsorted(ordered, x, right=True)
    return (low + high).double() / 2 / len(others)
