"""Training M2: a few labelled inputs, and many of which a part is drawn at each step.

A step goes down U of a batch of all, the mean of L of the labelled ones by their share of all, and
`weight` times the cross-entropy of q(y|x) at those.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.optim import Optimizer
from torch.optim.lr_scheduler import LRScheduler, OneCycleLR
from tqdm import tqdm

from vae_core import runtime
from vae_core.data.digits import binarise
from vae_core.probability.shapes import Float, Int
from vae_core.uses.m2 import M2, marginal


@dataclass(frozen=True)
class Plan:
    """How long and how fast: `batch` inputs a step, `weight` of the cross-entropy."""

    steps: int
    batch: int
    learning_rate: float
    weight: float
    warmup: float = 0.1
    """Share of the steps in which the learning rate rises; it falls by a cosine afterwards."""


CODES = Plan(steps=4000, batch=100, learning_rate=3e-3, weight=1.0)
PIXELS = Plan(steps=4000, batch=100, learning_rate=3e-3, weight=30.0)


def fit(
    model: M2,
    x: Float[Tensor, "n d"],
    rows: Int[Tensor, " k"],
    labels: Int[Tensor, " k"],
    plan: Plan,
    seed: int = 0,
) -> M2:
    """Train a model in place, and return it.

    Args:
        model: on the device where to train.
        x: of all inputs; grey pixels in [0, 1] are drawn black or white anew at each step.
        rows, labels: those whose class is known, and which.
        plan: how long and how fast.
        seed: of the batches and of all noise.
    """
    device = next(model.parameters()).device
    noise = runtime.generator(device, seed, 21)
    everything, known = x.to(device), x[rows].to(device)
    y, share = labels.to(device), len(rows) / len(x)
    optimiser, pace = _descent(model, plan)
    for _ in tqdm(range(plan.steps), desc="M2", unit="step", leave=False):
        drawn = torch.randint(len(x), (plan.batch,), generator=noise, device=device)
        loss = _unknown(model, everything[drawn], noise)
        loss = loss + _known(model, known, y, noise, share, plan.weight)
        optimiser.zero_grad()
        torch.autograd.backward(loss)
        optimiser.step()
        pace.step()
    return model


def _descent(model: M2, plan: Plan) -> tuple[Optimizer, LRScheduler]:
    optimiser = torch.optim.Adam(model.parameters(), lr=plan.learning_rate, fused=True)
    pace = OneCycleLR(
        optimiser,
        plan.learning_rate,
        total_steps=plan.steps,
        pct_start=plan.warmup,
        cycle_momentum=False,
    )
    return optimiser, pace


def _unknown(model: M2, x: Tensor, noise: torch.Generator) -> Tensor:
    x = binarise(x, noise) if model.binary else x
    eps = _normal(x, (len(x), model.classes, model.latents), noise)
    return marginal(model.costs(x, eps), model.log_classes(x)).mean()


def _known(
    model: M2, x: Tensor, y: Tensor, noise: torch.Generator, share: float, weight: float
) -> Tensor:
    x = binarise(x, noise) if model.binary else x
    cost = model.cost(x, y, _normal(x, (len(x), model.latents), noise)).mean()
    return share * cost + weight * F.cross_entropy(model.classifier(x), y)


def _normal(like: Tensor, shape: tuple[int, ...], noise: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=noise, device=like.device, dtype=like.dtype)


def named(model: M2, x: Float[Tensor, "b d"]) -> Int[Tensor, " b"]:
    """The likeliest class of inputs (b, d) by q(y|x), on the CPU."""
    device = next(model.parameters()).device
    with runtime.eval_mode(model):
        return model.log_classes(x.to(device)).argmax(-1).cpu()
