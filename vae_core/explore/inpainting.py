"""Filling in missing pixels by pseudo-Gibbs sampling, and by Metropolis within Gibbs.

Pseudo-Gibbs (Rezende, Mohamed and Wierstra, 2014) takes q(z|x) for the posterior. The correction of
Mattei and Frellsen (2018) only proposes a code by it, and accepts that by how much better it
explains the picture: the chains then tend to p(x missing | x known) whatever q is.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.models import Model
from vae_core.probability.latents import DiagonalGaussian
from vae_core.probability.protocols import PixelDistribution
from vae_core.probability.shapes import Float


@dataclass(frozen=True)
class Filled:
    """Several answers to one gap, each (k, 1, 28, 28); the known pixels are as they were.

    `samples` are the chains' own states, draws of the pixels; `means` hold p(x|z)'s mean at
    each chain's last z instead, which is what an eye wants. `acceptance` is the share of the
    proposed codes that were accepted; None without the correction.
    """

    samples: Float[Tensor, "k 1 28 28"]
    means: Float[Tensor, "k 1 28 28"]
    acceptance: float | None = None


@dataclass(frozen=True)
class Chains:
    """Codes (k, d), what they decode to, and pictures (k, 1, 28, 28) with the gap filled."""

    z: Float[Tensor, "k d"]
    pixels: PixelDistribution
    state: Float[Tensor, "k 1 28 28"]


def impute(
    model: Model,
    x: Float[Tensor, "1 1 28 28"],
    known: Tensor,
    *,
    chains: int,
    sweeps: int,
    generator: torch.Generator,
    starts: int = 512,
    corrected: int = 0,
) -> Filled:
    """Alternate z ~ q(z|x) and missing x ~ p(x|z), from as many starts as there are chains.

    Corrected sweeps come after, when the chains are where codes are likely at all.

    Args:
        model: a VAE in evaluation mode; a deterministic one iterates its reconstruction.
        x: (1, 1, 28, 28) in [0, 1]; what it holds in the gap is not looked at.
        known: bool, broadcasting against x: which pixels are given.
        chains, sweeps: k, and the steps of each chain; 1 or more.
        generator: of all the noise, on the model's device.
        starts: draws from the prior, of which the `chains` nearest in the known pixels begin:
            a chain that starts far off hardly leaves its digit again.
        corrected: further steps by Metropolis within Gibbs, where codes have densities.

    Raises:
        ValueError: an argument is out of its range.
    """
    _check(chains=(chains, 1), sweeps=(sweeps, 1), corrected=(corrected, 0))
    state = _given(x, known, _nearest(model, x, known, chains, max(starts, chains), generator))
    now = _drawn(model, x, known, state, generator)
    for _ in range(sweeps - 1):
        now = _drawn(model, x, known, now.state, generator)
    shares: list[float] = []
    for _ in range(corrected if isinstance(model.encode(now.state), DiagonalGaussian) else 0):
        z, share = _corrected(model, now, generator)
        now = _decoded(model, x, known, z, generator)
        shares.append(share)
    mean = _given(x, known, now.pixels.mean)
    return Filled(now.state, mean, sum(shares) / len(shares) if shares else None)


def _drawn(
    model: Model, x: Tensor, known: Tensor, state: Tensor, generator: torch.Generator
) -> Chains:
    """z ~ q(z|x), and the missing pixels."""
    return _decoded(model, x, known, model.encode(state).sample(generator), generator)


def _decoded(
    model: Model, x: Tensor, known: Tensor, z: Tensor, generator: torch.Generator
) -> Chains:
    """The missing pixels from p(x|z)."""
    pixels = model.decode(z)
    return Chains(z, pixels, _given(x, known, pixels.sample(generator)))


def _corrected(
    model: Model, now: Chains, generator: torch.Generator
) -> tuple[Float[Tensor, "k d"], float]:
    """Codes that are proposed by q(z|x), or stay as they were; and the share that is new.

    A proposal z' is accepted with probability min(1, w(z') / w(z)), w(z) = p(x, z) / q(z|x).
    """
    q = model.encode(now.state)
    assert isinstance(q, DiagonalGaussian)
    proposed = q.sample(generator)
    weights = [
        pixels.log_prob(now.state) + model.log_prior(z) - q.log_prob(z)
        for z, pixels in ((now.z, now.pixels), (proposed, model.decode(proposed)))
    ]
    u = torch.rand(weights[0].shape, generator=generator, device=generator.device)
    accepted = u.to(weights[0]).log() < weights[1] - weights[0]
    return torch.where(accepted[:, None], proposed, now.z), float(accepted.double().mean())


def _check(**given: tuple[int, int]) -> None:
    for name, (value, least) in given.items():
        if value < least:
            raise ValueError(f"{name} is {value}; it must be {least} or more.")


def _nearest(
    model: Model, x: Tensor, known: Tensor, chains: int, starts: int, generator: torch.Generator
) -> Tensor:
    """The (chains, 1, 28, 28) of `starts` draws that differ least from x where it is known."""
    drawn = model.sample(starts, generator=generator)[0].to(x.dtype)
    distance = torch.where(known, drawn - x, 0).square().sum((1, 2, 3))
    return drawn[distance.topk(chains, largest=False).indices]


def _given(x: Tensor, known: Tensor, guess: Tensor) -> Tensor:
    return torch.where(known, x, guess.to(x.dtype))
