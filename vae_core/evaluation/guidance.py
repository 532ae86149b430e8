"""How far a diffusion sampler should lean towards its label: until its draws read as digits do.

Chosen with the frozen net of FID on training digits, so that the independent classifier and the
test digits, which judge the draws in the end, know nothing of the choice.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vae_core.checkpoint.samplers import Sampler
from vae_core.data.digits import Digits
from vae_core.evaluation import draws_table
from vae_core.evaluation.path_table import Reader
from vae_core.models import Model

TRIED = (1.0, 1.05, 1.1, 1.15, 1.2, 1.3, 1.5)


@dataclass(frozen=True, kw_only=True)
class Leaning:
    """A guidance, and the share of draws so guided that is read with less than 0.9."""

    guidance: float
    unsure: float


@dataclass(frozen=True, kw_only=True)
class Choice:
    """What was tried, the share of training digits that is read unsurely, and what comes nearest
    to it."""

    tried: tuple[Leaning, ...]
    digits_unsure: float
    chosen: float


def choose(
    model: Model,
    sampler: Sampler,
    digits: Digits,
    reader: Reader,
    *,
    tried: Sequence[float] = TRIED,
    seed: int = 1,
) -> Choice:
    """The guidance whose draws are read as surely as `digits`.

    Args:
        model: in evaluation mode, on the CPU.
        sampler: a diffusion model that knows labels.
        digits: training digits, drawn at random; as many are drawn with each guidance.
        reader: not the one that judges the draws afterwards.
        tried: guidances.
        seed: of the draws, the same for each guidance.
    """
    known = reader(digits.floats()).unsure
    found = tuple(_leanings(model, sampler, len(digits), reader, tried, seed))
    nearest = min(found, key=lambda each: abs(each.unsure - known))
    return Choice(tried=found, digits_unsure=known, chosen=nearest.guidance)


def _leanings(
    model: Model,
    sampler: Sampler,
    count: int,
    reader: Reader,
    tried: Sequence[float],
    seed: int,
) -> Iterator[Leaning]:
    for guidance in tried:
        draw = draws_table.from_sampler(model, sampler, guidance)
        x, _ = draws_table.pictures(model, draw, count, seed)
        yield Leaning(guidance=guidance, unsure=reader(x).unsure)
