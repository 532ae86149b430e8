"""FID, precision and distances of samples that stand for the best and the worst of models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from vae_core import data
from vae_core.data.digits import Digits
from vae_core.evaluation import samples
from vae_core.evaluation.samples import Real


class Copier(nn.Module):
    """A "model" that knows nothing but its training digits, and gives them back."""

    def __init__(self, digits: Digits) -> None:
        super().__init__()
        self.digits, self.place = digits, 0

    def sample(self, n: int, **_: Any) -> tuple[Tensor, None]:
        start, self.place = self.place, self.place + n
        return self.digits.floats(slice(start, start + n)), None


def as_model(copier: Any) -> Any:
    return copier


@pytest.fixture(scope="module")
def real(test_digits: Digits) -> Real:
    """1000 digits of one half to train on, 500 of the other to test."""
    halves = [
        Digits(test_digits.images[i::2], test_digits.labels[i::2], test_digits.places[i::2])
        for i in (0, 1)
    ]
    return Real.of(halves[0].drawn(1000), halves[1].every(500))


def test_a_copier_is_found_out(real: Real):
    answer = samples.measure(as_model(Copier(real.train)), real)
    assert set(answer) == set(samples.FIGURES)
    assert answer["nearest_train"]["closer"] == 1
    assert answer["nearest_train"]["median"] < 0.05 < 2 < answer["nearest_train"]["test_median"]
    # Training digits in the place of samples score about the floor, on both counts.
    assert answer["fid"] == pytest.approx(answer["fid_floor"], rel=0.25)
    assert answer["precision"] == pytest.approx(answer["precision_real"], abs=0.1)
    assert answer["sample_entropy"] == pytest.approx(answer["test_entropy"], abs=0.1)
    assert sum(answer["class_histogram"]) == pytest.approx(1)
    assert answer["not_digits"] < 0.05


def test_noise_is_no_digit(real: Real):
    class Noise(Copier):
        def sample(self, n: int, **_: Any) -> tuple[Tensor, None]:
            return torch.rand(n, 1, 28, 28), None

    answer = samples.measure(as_model(Noise(real.train)), real)
    assert answer["fid"] > 10 * answer["fid_floor"]
    assert answer["precision"] == 0
    assert answer["nearest_train"]["closer"] == 0
    assert answer["sample_unsure"] > answer["test_unsure"] > 0
    share, count = answer["sample_unsure"], 500
    assert answer["sample_unsure_sem"] == pytest.approx((share * (1 - share) / count) ** 0.5)


@pytest.mark.slow
def test_the_floor_of_mnist_does_not_hang_on_the_seed(mnist_dir: Path, test_digits: Digits):
    train = data.load_mnist("train", mnist_dir)
    answer = [Real.of(train, test_digits, seed=seed).figures for seed in range(5)]
    floors = [figures["fid_floor"] for figures in answer]
    print("floors", floors, "errors", [figures["fid_floor_sem"] for figures in answer])
    assert floors == pytest.approx([2.0] * 5, abs=0.15)
    assert max(floors) - min(floors) < 0.05
