"""The shortest way between two codes in the decoder's metric.

A curve is the straight line plus sine waves, which leave its ends where they are:
c(t) = a + (b - a) t + sum_k w_k sin(k pi t). Among all curves that of least energy, the integral of
the squared speed of its picture, is the shortest, run through at constant speed; so the energy, of
chords, is minimised over the waves by L-BFGS (Liu and Nocedal, 1989). Its coordinates are scaled by
the mean metric along the curve and by k, which is what the energy of a flat space would ask for.

Few smooth waves rather than free points: those jump where two pictures are alike, and the chords
between them then say nothing of the way.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.explore.geometry import Decoder, jacobian, pictures

POINTS, WAVES = 32, 8
CHORDS = 32
"""Of the energy; a wave's shortest half is four of them long."""
FINE = 256
"""Chords by which a length is measured."""
STEPS, ROUNDS = 10, 10
"""L-BFGS steps of a round, and rounds at most; each round scales its coordinates afresh."""
SETTLED = 5e-3
"""The last round takes less than this share of the energy."""
SAMPLES, RIDGE = 8, 1e-2
"""Positions over which the metric is averaged, and what is added to it, as a share of its mean."""


@dataclass(frozen=True)
class Path:
    """A curve between two codes on its way to a geodesic.

    Attributes:
        first, last: its ends (d,).
        waves: w (k, d).
        rounds: how often it was improved.
        done: whether more rounds would gain little.
    """

    first: Tensor
    last: Tensor
    waves: Tensor
    rounds: int = 0
    done: bool = False

    def at(self, t: Tensor) -> Tensor:
        """Its positions (n, d) at t (n,) in [0, 1]."""
        numbers = torch.arange(1, len(self.waves) + 1, dtype=t.dtype, device=t.device)
        line = self.first + (self.last - self.first) * t[:, None]
        return line + torch.sin(math.pi * t[:, None] * numbers) @ self.waves


@dataclass(frozen=True)
class Geodesic:
    """The shortest curve that was found, as positions equally far apart.

    Attributes:
        codes: (n, d), both ends included.
        places: where on the path they lie, t (n,) from 0 to 1.
        length: of the curve, in the decoder's metric.
        straight: length of the straight line between its ends; never less than `length`.
    """

    codes: Tensor
    places: Tensor
    length: float
    straight: float


def straight(first: Tensor, last: Tensor) -> Path:
    """The straight line between two codes (d,)."""
    return Path(first, last, first.new_zeros(WAVES, len(first)))


def geodesic(
    decode: Decoder,
    first: Tensor,
    last: Tensor,
    points: int = POINTS,
    progress: Callable[[float], object] | None = None,
) -> Geodesic:
    """The shortest way from `first` to `last`, both (d,).

    Args:
        decode: whose pictures measure the way.
        first, last: its ends, which stay.
        points: positions that are returned, 2 or more; the curve does not depend on them.
        progress: called after each round with the share of the work that is done, 0 to 1.

    Raises:
        ValueError: fewer than 2 points.
    """
    path = straight(first, last)
    while not path.done:
        path = improved(decode, path)
        if progress is not None:
            progress(1.0 if path.done else path.rounds / ROUNDS)
    return spread(decode, path, points)


def improved(decode: Decoder, path: Path) -> Path:
    """The path after one more round; gradients are taken, so not in inference mode."""
    scale = _scale(decode, path)
    factors = 1 / torch.arange(1, len(path.waves) + 1, dtype=scale.dtype, device=scale.device)
    places = torch.linspace(0, 1, CHORDS + 1, dtype=scale.dtype, device=scale.device)
    moves = torch.zeros_like(path.waves, requires_grad=True)
    costs: list[float] = []

    def bent() -> Path:
        return replace(path, waves=path.waves + factors[:, None] * moves @ scale)

    def cost() -> Tensor:
        moves.grad = None
        chords = decode(bent().at(places), places).diff(dim=0)
        energy = 0.5 * CHORDS * chords.square().sum()
        torch.autograd.backward(energy)
        costs.append(energy.item())
        return energy

    with torch.enable_grad():
        _lbfgs(moves, cost)
    found = replace(bent(), rounds=path.rounds + 1)
    before, after = costs[0], costs[-1]
    is_done = before - after < SETTLED * before or found.rounds >= ROUNDS
    return replace(found, waves=found.waves.detach(), done=is_done)


def spread(decode: Decoder, path: Path, points: int = POINTS) -> Geodesic:
    """The path, or the straight line where that is shorter, as evenly spaced positions.

    Raises:
        ValueError: fewer than 2 points.
    """
    if points < 2:
        raise ValueError(f"points is {points}; it must be 2 or more.")
    line = straight(path.first, path.last)
    with torch.no_grad():
        places, length = _even(decode, path, points)
        even, direct = _even(decode, line, points)
        if direct < length:
            return Geodesic(line.at(even), even, direct, direct)
        return Geodesic(path.at(places), places, length, direct)


def _even(decode: Decoder, path: Path, points: int) -> tuple[Tensor, float]:
    """Where `points` positions lie equally far apart, and the path's length."""
    first = path.first
    places = torch.linspace(0, 1, FINE + 1, dtype=first.dtype, device=first.device)
    steps = runtime.lengths(pictures(decode, path.at(places), places).diff(dim=0))
    run = torch.cat((steps.new_zeros(1), steps.cumsum(0)))
    even = torch.linspace(0, 1, points, dtype=run.dtype, device=run.device) * run[-1]
    above = torch.searchsorted(run, even).clamp(1, FINE)
    within = (even - run[above - 1]) / steps[above - 1].clamp_min(1e-12)
    found = (above - 1 + within.clamp(0, 1)) / FINE
    found[0], found[-1] = 0, 1
    return found, run[-1].item()


def _scale(decode: Decoder, path: Path) -> Tensor:
    """The square root of the inverse of the mean metric along the path, (d, d)."""
    first = path.first
    places = (torch.arange(SAMPLES, dtype=first.dtype, device=first.device) + 0.5) / SAMPLES
    with torch.no_grad():
        j = jacobian(decode, path.at(places), places).flatten(0, 1)
        values, vectors = runtime.eigh((j.T @ j / SAMPLES).double())
        values = values.clamp_min(0)
        values = values + RIDGE * values.mean() + 1e-12
        return (vectors / values.sqrt()).T.to(first.dtype)


def _lbfgs(moves: Tensor, cost: Callable[[], Tensor]) -> None:
    """A round of L-BFGS on `moves`, which ends at the least cost that it met."""
    optimiser: torch.optim.Optimizer = torch.optim.LBFGS(
        [moves],
        max_iter=STEPS,
        history_size=STEPS,
        tolerance_grad=1e-9,
        tolerance_change=1e-9,
        line_search_fn="strong_wolfe",
    )
    optimiser.step(cost)  # pyright: ignore[reportUnknownMemberType]
