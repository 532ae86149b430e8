"""What lies between two digits: does every picture on the way read as one, and as which?"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.classifier.independent import SURE, IndependentClassifier
from vae_core.data.digits import Digits
from vae_core.evaluation.slider_table import positions
from vae_core.explore import paths
from vae_core.models import Model


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
    model: Model, pairs: Digits, judge: IndependentClassifier, kind: str, *, steps: int = 10
) -> PathFigures:
    """The figures of one kind of path.

    Args:
        model: in evaluation mode, on the CPU; one that takes labels goes from label to label.
        pairs: an even number of labelled digits, of which each two neighbours are a pair.
        judge: reads the pictures.
        kind: one of `explore.PATHS`.
        steps: pictures on a way, both ends included.
    """
    u, y = positions(model, pairs)
    each = [
        _one(model, u[i], u[i + 1], (int(y[i]), int(y[i + 1])), judge, kind, steps)
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
    judge: IndependentClassifier,
    kind: str,
    steps: int,
) -> tuple[float, int, float]:
    """The share of sure pictures, other digits met, and the length in pixels."""
    t = torch.linspace(0, 1, steps)[:, None]
    y = paths.shares(*labels, t) if model.config.takes_labels else None
    with runtime.eval_mode(model):
        u = paths.path(a, b, steps, kind)
        x = model.decode(model.from_sliders(u, y), y).mean.float().clamp(0, 1)
    read = judge.read(x)
    met = set(runtime.whole_numbers(read.digits)) - set(labels)
    length = float(runtime.lengths((x[1:] - x[:-1]).flatten(1)).sum())
    return float((read.sure >= SURE).double().mean()), len(met), length
