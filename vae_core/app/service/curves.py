"""Curves as the page sends them: the waves by which a geodesic differs from the straight line."""

from __future__ import annotations

import torch
from torch import Tensor

from vae_core.app import checks
from vae_core.explore.geodesics import WAVES, Path

ENDS_LIMIT = 1e3
"""Largest absolute value of a code of a picture, and of a wave."""


def waves(value: object, length: int) -> Tensor:
    """As many waves as a geodesic has, each of `length` numbers, (WAVES, length).

    Raises:
        ValueError: anything else.
    """
    given = checks.listed(value)
    if given is None or len(given) != WAVES:
        raise ValueError(f"waves must be {WAVES} lists of numbers, not {checks.shown(value)}.")
    named = ((f"waves[{i}]", each) for i, each in enumerate(given))
    return torch.tensor([checks.vector(name, each, length, ENDS_LIMIT) for name, each in named])


def path(first: Tensor, last: Tensor, bent: Tensor, rounds: int = 0) -> Path:
    """The curve from `first` to `last`, (d,) both, by its waves."""
    return Path(first, last, bent.to(first), rounds)
