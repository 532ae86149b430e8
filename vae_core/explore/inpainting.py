"""Filling in missing pixels by pseudo-Gibbs sampling (Rezende, Mohamed and Wierstra, 2014)."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.models import Model
from vae_core.probability.shapes import Float


@dataclass(frozen=True)
class Filled:
    """Several answers to one gap, each (k, 1, 28, 28); the known pixels are as they were.

    `samples` are the chains' own states, draws of the pixels; `means` hold p(x|z)'s mean at
    each chain's last z instead, which is what an eye wants.
    """

    samples: Float[Tensor, "k 1 28 28"]
    means: Float[Tensor, "k 1 28 28"]


def impute(
    model: Model,
    x: Float[Tensor, "1 1 28 28"],
    known: Tensor,
    *,
    chains: int,
    sweeps: int,
    generator: torch.Generator,
    starts: int = 512,
) -> Filled:
    """Alternate z ~ q(z|x) and missing x ~ p(x|z), from as many starts as there are chains.

    Were q the exact posterior, this would be Gibbs sampling of p(x missing | x known); the
    nearer q is to it, the nearer the chains come (appendix F of the paper).

    Args:
        model: a VAE in evaluation mode; a deterministic one iterates its reconstruction.
        x: (1, 1, 28, 28) in [0, 1]; what it holds in the gap is not looked at.
        known: bool, broadcasting against x: which pixels are given.
        chains: k, 1 or more.
        sweeps: steps of each chain, 1 or more.
        generator: of all the noise, on the model's device.
        starts: draws from the prior, of which the `chains` nearest in the known pixels begin:
            a chain that starts far off hardly leaves its digit again.

    Raises:
        ValueError: an argument is out of its range.
    """
    for name, value in (("chains", chains), ("sweeps", sweeps)):
        if value < 1:
            raise ValueError(f"{name} is {value}; it must be 1 or more.")
    state = _given(x, known, _nearest(model, x, known, chains, max(starts, chains), generator))
    means = state
    for _ in range(sweeps):
        pixels = model.decode(model.encode(state).sample(generator))
        state, means = _given(x, known, pixels.sample(generator)), pixels.mean
    return Filled(state, _given(x, known, means))


def _nearest(
    model: Model, x: Tensor, known: Tensor, chains: int, starts: int, generator: torch.Generator
) -> Tensor:
    """The (chains, 1, 28, 28) of `starts` draws that differ least from x where it is known."""
    drawn = model.sample(starts, generator=generator)[0].to(x.dtype)
    distance = torch.where(known, drawn - x, 0).square().sum((1, 2, 3))
    return drawn[distance.topk(chains, largest=False).indices]


def _given(x: Tensor, known: Tensor, guess: Tensor) -> Tensor:
    return torch.where(known, x, guess.to(x.dtype))
