"""What passing light draws back by lot saves, and what it adds to the gradient's noise.

    python tests/benchmarks/bench_weighted_draws.py --data DIR [--model vae-conv] [--batches 24]

For each limit below which a draw is left to chance (`weighted_draws.LIGHT`): how many of k draws a
picture are passed back, and how much the lots add to the variance of a step's gradient, as a share
of the variance that it has from one batch of training digits (and its noise) to the next. Both are
sums over all weights, so that the share does not depend on the size of a batch.
"""

from __future__ import annotations

import argparse
import dataclasses

import torch
from torch import Tensor

from vae_core import checkpoint, recipes
from vae_core.data.digits import load_mnist
from vae_core.training import weighted_draws
from vae_core.training.batch import draw_batch
from vae_core.training.objectives import Batch
from vae_core.training.run import TrainingRun

LIMITS = (1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4)
SIZE, LOTS = 32, 3
ALL = 1e-37
"""A limit that no weight is below but zero: every draw is passed back."""


def gradient(run: TrainingRun, batch: Batch, limit: float) -> Tensor:
    """The step's gradient by all weights, one after another."""
    weighted_draws.LIGHT = limit
    weighted_draws.Gradients(run, compiles=False)(batch)
    return torch.cat([w.grad.flatten() for w in run.optimizer.weights if w.grad is not None])


def batches(run: TrainingRun, data: str, count: int) -> list[Batch]:
    digits = load_mnist("train", data).drawn(SIZE * count)
    parts = [digits.at(torch.arange(i, i + SIZE)) for i in range(0, len(digits), SIZE)]
    return [draw_batch(run, part.images, part.labels) for part in parts]


def passed_back(run: TrainingRun, batch: Batch, limit: float) -> float:
    """Draws a picture that are passed back."""
    counted: list[float] = []
    choose = weighted_draws.passed_back

    def counting(weights: Tensor, offset: Tensor) -> Tensor:
        share = choose(weights, offset)
        counted.append(float((share > 0).sum()) / len(offset))
        return share

    weighted_draws.passed_back = counting
    gradient(run, batch, limit)
    weighted_draws.passed_back = choose
    return counted[0]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--model", default="vae-conv")
    parser.add_argument("--batches", type=int, default=24)
    arguments = parser.parse_args()
    config = recipes.get(arguments.model)
    single = dataclasses.replace(config, train=dataclasses.replace(config.train, precision="fp32"))
    run = TrainingRun(single)
    if not weighted_draws.is_supported(run):
        parser.error(f"{arguments.model} passes all of its draws back.")
    run.start_from(checkpoint.load(checkpoint.shipped_root() / arguments.model))
    given = batches(run, arguments.data, arguments.batches)
    lots = torch.Generator().manual_seed(0)
    whole = torch.stack([gradient(run, batch, ALL) for batch in given])
    between = whole.var(0).sum()
    print(f"of {config.samples} draws a picture; share of the gradient's variance")
    print("limit  passed back  added")
    for limit in LIMITS:
        added, draws = torch.zeros(()), 0.0
        for batch, expected in zip(given, whole, strict=True):
            draws += passed_back(run, batch, limit) / len(given)
            for _ in range(LOTS):
                other = dataclasses.replace(batch, offset=torch.rand(SIZE, generator=lots))
                added += (gradient(run, other, limit) - expected).square().sum()
        share = added / (LOTS * len(given)) / between
        print(f"1/{round(1 / limit):<4d} {draws:11.1f}  {100 * share:5.2f} %", flush=True)


if __name__ == "__main__":
    main()
