"""`sample CHECKPOINT`: a grid of draws from the prior."""

from __future__ import annotations

import argparse
import math
from collections.abc import Mapping

import torch

from vae_core import pictures, runtime
from vae_core.cli import Verbs, verb
from vae_core.cli._pictures import load

LARGEST_N = 10_000


def add(verbs: Verbs) -> None:
    add = verb(verbs, "sample", sample, "a grid of draws from the prior")
    add("checkpoint", metavar="CHECKPOINT")
    add("-n", type=int, default=64, metavar="N")
    add("--seed", type=int, default=0, metavar="S")
    add("--temperature", type=float, default=1.0, metavar="T", help="0 to 3")
    add("-o", "--output", required=True, metavar="FILE", help="a .png")
    add("--device", metavar="D")


def sample(arguments: argparse.Namespace) -> Mapping[str, object]:
    """A grid of draws from the prior.

    Raises:
        ValueError: n, the seed, the temperature, the checkpoint or the file cannot be used.
    """
    n, temperature = arguments.n, arguments.temperature
    if not 1 <= n <= LARGEST_N:
        raise ValueError(f"n is {n}; it must be between 1 and {LARGEST_N}.")
    if not 0 <= temperature <= 3 or math.isnan(temperature):
        raise ValueError(f"temperature is {temperature}; it must be between 0 and 3.")
    model = load(arguments)
    noise = torch.Generator().manual_seed(_seed(arguments.seed))
    with runtime.eval_mode(model):
        means, _ = model.sample(n, generator=noise, temperature=temperature)
    pictures.save_grid(means, arguments.output)
    return {"n": n, "seed": arguments.seed, "temperature": temperature, "output": arguments.output}


def _seed(seed: int) -> int:
    if not 0 <= seed < 2**63:
        raise ValueError(f"seed is {seed}; it must be between 0 and 2^63 - 1.")
    return seed
