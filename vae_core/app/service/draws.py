"""Digits drawn from a model's prior, or by a sampler that was fitted to its codes."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from vae_core import checkpoint, pictures
from vae_core.app import checks
from vae_core.app.service import zero_gpu
from vae_core.app.service.models import milliseconds
from vae_core.app.service.replies import Drawn
from vae_core.checkpoint import samplers
from vae_core.checkpoint.samplers import Sampler
from vae_core.models import CLASSES, Model
from vae_core.runtime import rows, whole_numbers

MAX_SAMPLES = 256


@dataclass(frozen=True, kw_only=True)
class Draw:
    """How many digits are drawn, by which seed and of which label (None: unknown)."""

    n: int
    seed: int
    label: int | None


def draw_asked(n: object, seed: object, label: object) -> Draw:
    """The checked arguments of a draw."""
    return Draw(
        n=checks.whole("n", n, 1, MAX_SAMPLES),
        seed=checks.whole("seed", seed, 0, checks.SEED_LIMIT),
        label=checks.label("label", label),
    )


def draw(model: Model, fitted: Sampler | None, asked: Draw, temperature: float) -> Drawn:
    """The digits, the same ones for the same seed.

    Args:
        model: on the device that draws.
        fitted: a sampler of its codes, on the same device; None for its own prior.
        asked: what was asked for.
        temperature: 0 to 3; fitted samplers know none.
    """
    start = time.perf_counter()
    noise = torch.Generator().manual_seed(asked.seed)
    y = labels(model, asked, noise, fitted)
    if fitted is None:
        means, u = model.sample(asked.n, generator=noise, temperature=temperature, y=y)
    else:
        z = samplers.draw(fitted, asked.n, noise, y)
        means = model.decode(z, y if model.config.conditional else None).mean
        u = model.to_sliders(z, y if model.config.labelled_prior else None)
    pixels = pictures.to_uint8(means.float().clamp(0, 1))
    spent = milliseconds(start)
    known = None if y is None or not model.config.takes_labels else whole_numbers(y)
    return Drawn(pixels=pixels, z=rows(u), seed=asked.seed, labels=known, milliseconds=spent)


def labels(
    model: Model, asked: Draw, noise: torch.Generator, fitted: Sampler | None
) -> Tensor | None:
    """The labels of draws (n,): the one asked for, or, from a mixture over labels, one each."""
    device = next(model.parameters()).device
    by_label = fitted is not None and fitted.takes_labels
    if asked.label is not None and (by_label or model.config.takes_labels):
        return torch.full((asked.n,), asked.label, device=device)
    if not (by_label or model.config.labelled_prior):
        return None
    return torch.randint(CLASSES, (asked.n,), generator=noise).to(device)


STARTING, OF_A_BATCH, BATCH = 10, 8, 64
"""Seconds to load torch's CUDA part and a model, and of up to so many digits pixel by pixel: 784
passes of a net, generously, since a lent GPU is taken away at the end of the time."""


def seconds(device: str, folder: str, kind: str, asked: Draw, temperature: float) -> int:
    """For how long a GPU is borrowed to draw what is asked."""
    return STARTING + OF_A_BATCH * -(-asked.n // BATCH)


@zero_gpu.borrows(seconds)
def draw_elsewhere(device: str, folder: str, kind: str, asked: Draw, temperature: float) -> Drawn:
    """As `draw`, perhaps in another process, which reads the checkpoint anew from its folder."""
    model = checkpoint.load(folder, device)
    fitted = None if kind == samplers.PRIOR else samplers.read(Path(folder), kind, device)
    with torch.inference_mode():
        return draw(model, fitted, asked, temperature)
