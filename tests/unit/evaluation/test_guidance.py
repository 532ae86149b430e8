"""The guidance is the one whose draws are read as surely as digits."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest
import torch
from torch import Tensor

from vae_core.checkpoint.samplers import Sampler
from vae_core.classifier.independent import Readings
from vae_core.data.digits import Digits
from vae_core.evaluation import draws_table, guidance
from vae_core.models import Model


def read(x: Tensor) -> Readings:
    """As sure of a picture as it is bright."""
    return Readings(torch.zeros(len(x), dtype=torch.int64), x.mean((1, 2, 3)))


def with_dark(count: int, total: int = 100) -> Tensor:
    """Pictures of which `count` are half bright: unsure."""
    x = torch.ones(total, 1, 28, 28)
    x[:count] = 0.5
    return x


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draws at guidance g: 30 - 20 g of a hundred are unsure; nothing is decoded."""

    def from_sampler(model: Model, sampler: Sampler, g: float) -> Callable[[], float]:
        return lambda: g

    def pictures(model: Model, draw: Callable[[], float], count: int, seed: int) -> tuple:
        return with_dark(round(30 - 20 * draw()), count), None

    monkeypatch.setattr(draws_table, "from_sampler", from_sampler)
    monkeypatch.setattr(draws_table, "pictures", pictures)


@pytest.mark.usefixtures("drawn")
def test_the_draws_that_read_as_digits_do_are_chosen() -> None:
    images = (with_dark(6) * 255).round().byte()
    digits = Digits(images, torch.zeros(100, dtype=torch.int64), torch.arange(100))
    nothing = cast(Model, SimpleNamespace())
    choice = guidance.choose(nothing, cast(Sampler, None), digits, read, tried=(1.0, 1.2, 1.5))
    assert choice.digits_unsure == pytest.approx(0.06)
    assert [each.unsure for each in choice.tried] == pytest.approx([0.10, 0.06, 0.0])
    assert choice.chosen == 1.2
