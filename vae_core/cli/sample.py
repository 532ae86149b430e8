"""`sample CHECKPOINT`: a grid of draws from the prior, or from a sampler fitted to the codes."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping

import torch
from torch import Tensor

from vae_core import checkpoint, pictures, runtime
from vae_core.checkpoint import samplers
from vae_core.cli import Verbs, verb
from vae_core.cli._pictures import device_of, load
from vae_core.models import Model

LARGEST_N = 10_000


def add(verbs: Verbs) -> None:
    add = verb(verbs, "sample", sample, "a grid of draws")
    add("checkpoint", metavar="CHECKPOINT")
    add("-n", type=int, default=64, metavar="N")
    add("--seed", type=int, default=0, metavar="S")
    add("--temperature", type=float, default=1.0, metavar="T", help="0 to 3")
    kinds = (samplers.PRIOR, *samplers.KINDS)
    add("--sampler", choices=kinds, default=samplers.PRIOR, help="the prior, or one fitted later")
    add("-o", "--output", required=True, metavar="FILE", help="a .png")
    add("--device", metavar="D")


def sample(arguments: argparse.Namespace) -> Mapping[str, object]:
    """A grid of draws; a sampler fitted after training knows no temperature.

    Raises:
        ValueError: n, the seed, the temperature, the checkpoint, its sampler or the file cannot be
            used.
    """
    n, temperature = arguments.n, arguments.temperature
    if not 1 <= n <= LARGEST_N:
        raise ValueError(f"n is {n}; it must be between 1 and {LARGEST_N}.")
    if not 0 <= temperature <= 3 or math.isnan(temperature):
        raise ValueError(f"temperature is {temperature}; it must be between 0 and 3.")
    model = load(arguments)
    noise = torch.Generator().manual_seed(_seed(arguments.seed))
    if arguments.sampler == samplers.PRIOR:
        with runtime.eval_mode(model):
            means, _ = model.sample(n, generator=noise, temperature=temperature)
    else:
        means = _drawn(model, arguments, noise)
    pictures.save_grid(means, arguments.output)
    asked = ("n", "seed", "temperature", "sampler", "output")
    return {key: getattr(arguments, key) for key in asked}


def _drawn(model: Model, arguments: argparse.Namespace, noise: torch.Generator) -> Tensor:
    """Mean pictures (n, 1, 28, 28) from a fitted sampler, which is given labels where it can be."""
    from vae_core.evaluation import draws_table

    folder = checkpoint.resolve(arguments.checkpoint)
    sampler = samplers.read(folder, arguments.sampler, device_of(model))
    z, y = draws_table.from_sampler(model, sampler, samplers.GUIDANCE)(arguments.n, noise)
    with runtime.eval_mode(model):
        return model.decode(z, y if model.config.conditional else None).mean


def _seed(seed: int) -> int:
    if not 0 <= seed < 2**63:
        raise ValueError(f"seed is {seed}; it must be between 0 and 2^63 - 1.")
    return seed
