"""What lies between two digits: does every picture on the way read as one, and as which?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TypeAlias

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.classifier.independent import SURE, Readings
from vae_core.data.digits import Digits
from vae_core.evaluation import fid_features
from vae_core.evaluation.slider_table import positions
from vae_core.explore import paths
from vae_core.models import Model

Reader: TypeAlias = Callable[[Tensor], Readings]
"""Pictures (n, 1, 28, 28) in [0, 1] -> what they are taken for."""

PAIRS = 100
"""Pairs of training digits that decide which path is offered first."""


@dataclass(frozen=True, kw_only=True)
class PathFigures:
    """Ways between many pairs of digits, each with its standard error over the pairs.

    `sure` is the share of the pictures that are read with 0.9 or more, `others` how many digits
    besides those of the two ends are met on a way, on average, and `length` the sum of the
    Euclidean distances from picture to picture, in pixels.
    """

    path: str
    sure: float
    sure_sem: float
    others: float
    others_sem: float
    length: float
    length_sem: float


def measure(
    model: Model,
    pairs: Digits,
    reader: Reader,
    kind: str,
    *,
    steps: int = 10,
    device: torch.device | str = "cpu",
) -> PathFigures:
    """The figures of one kind of path.

    Args:
        model: in evaluation mode, on `device`; one that takes labels goes from label to label.
        pairs: an even number of labelled digits, of which each two neighbours are a pair.
        reader: reads the pictures.
        kind: one of `explore.PATHS`.
        steps: pictures on a way, both ends included.
        device: where to compute.
    """
    u, y = positions(model, pairs, device)
    each = [
        _one(model, u[i], u[i + 1], (int(y[i]), int(y[i + 1])), reader, kind, steps)
        for i in range(0, len(u) - 1, 2)
    ]
    table = torch.tensor(each, dtype=torch.float64)
    means = runtime.numbers(table.mean(0))
    errors = runtime.numbers(table.std(0) / len(table) ** 0.5)
    return PathFigures(
        path=kind,
        sure=means[0],
        sure_sem=errors[0],
        others=means[1],
        others_sem=errors[1],
        length=means[2],
        length_sem=errors[2],
    )


def _one(
    model: Model,
    a: Tensor,
    b: Tensor,
    labels: tuple[int, int],
    reader: Reader,
    kind: str,
    steps: int,
) -> tuple[float, int, float]:
    """The share of sure pictures, other digits met, and the length in pixels."""
    t = torch.linspace(0, 1, steps)[:, None]
    y = paths.shares(*labels, t).to(a.device) if model.config.takes_labels else None
    with runtime.eval_mode(model):
        u = paths.path(a, b, steps, kind)
        x = model.decode(model.from_sliders(u, y), y).mean.float().clamp(0, 1).cpu()
    read = reader(x)
    met = set(runtime.whole_numbers(read.digits)) - set(labels)
    length = float(runtime.lengths((x[1:] - x[:-1]).flatten(1)).sum())
    return float((read.sure >= SURE).double().mean()), len(met), length


def first(rows: Sequence[PathFigures]) -> str:
    """The path to offer first: of those read as surely as the surest, within its standard error,
    the shortest."""
    surest = max(rows, key=lambda row: row.sure)
    as_sure = [row for row in rows if row.sure >= surest.sure - surest.sure_sem]
    return min(as_sure, key=lambda row: row.length).path


def offered(
    model: Model, train: Digits, *, device: torch.device | str = "cpu", seed: int = 0
) -> dict[str, object]:
    """Which path is offered first for a model, for latents.json, and the figures that decide it.

    Chosen on training digits with the frozen net of FID, so that `paths`, on test digits with the
    independent classifier, judges a choice that it had no part in.

    Args:
        model: in evaluation mode, on `device`.
        train: training digits, labelled.
        device: where to compute.
        seed: of the pairs.
    """
    pairs, reader = train.drawn(2 * min(PAIRS, len(train) // 2), seed), fid_features.reader()
    rows = [measure(model, pairs, reader, kind, device=device) for kind in paths.PATHS]
    return {
        "first": first(rows),
        "pairs": len(pairs) // 2,
        "judge": fid_features.FILE.name,
        "figures": [asdict(row) for row in rows],
    }
