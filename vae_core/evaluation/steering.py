"""Which named directions of a model hold: the trait moves, and the digit stays."""

from __future__ import annotations

import torch

from vae_core.data.digits import Digits
from vae_core.evaluation import slider_table
from vae_core.evaluation.slider_table import Reader
from vae_core.explore import directions
from vae_core.explore.sliders import Direction
from vae_core.explore.traits import NAMED, Floats
from vae_core.models import Model

FITTED_ON = 10_000
"""Training digits that directions are fitted to."""

LEAVE_OUT = (0.0, 0.5, 1.0)
"""Shares of the classes' own directions that are taken out, tried one after the other."""


def found(
    model: Model,
    train: Digits,
    read: Reader,
    *,
    verified_on: int = 200,
    device: torch.device | str = "cpu",
) -> list[Direction]:
    """The directions that hold over training digits that they were not fitted to.

    Args:
        model: in evaluation mode, on `device`.
        train: training digits, labelled.
        read: a classifier, not the one that judges in the end.
        verified_on: digits that each direction is tried on.
        device: where to compute.
    """
    if not directions.has_directions(model):
        return []
    count = min(FITTED_ON, len(train) // 2)
    drawn = train.drawn(min(count + verified_on, len(train)), seed=2)
    fitted, known = drawn.at(torch.arange(count)), drawn.at(torch.arange(count, len(drawn)))
    rows, pure = directions.along_named_traits(model, fitted, device)
    tried = [
        _first(model, known, read, trait, rows[place], pure[place], device)
        for place, trait in enumerate(NAMED)
    ]
    return [each for each in tried if each is not None]


def _first(
    model: Model,
    known: Digits,
    read: Reader,
    trait: str,
    row: Floats,
    pure: Floats,
    device: torch.device | str,
) -> Direction | None:
    """The direction that leaves out least of the classes' own and holds."""
    for share in LEAVE_OUT:
        direction = directions.blend(row, pure, share)
        figures = slider_table.steered(model, known, read, trait, direction, device=device)
        if slider_table.holds(figures):
            return Direction(
                trait=trait,
                direction=directions.as_list(direction),
                kept=round(figures.kept, 3),
                moved=round(figures.moved, 2),
            )
    return None
