"""Erased parts of test digits."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from vae_core import checkpoint, load
from vae_core.data.digits import Digits
from vae_core.explore.inpainting import impute


@pytest.mark.parametrize("half", ["lower", "upper", "right"])
def test_erased_halves_of_test_digits_come_back(half: str, test_digits: Digits) -> None:
    """Against the best answer that is the same for all: the mean digit's pixels."""
    if "vae-400" not in [path.name for path in checkpoint.shipped()]:
        pytest.skip("vae-400 is not shipped")
    model = load("vae-400")
    known = torch.ones(28, 28, dtype=torch.bool)
    known[{"lower": slice(14, 28), "upper": slice(0, 14), "right": slice(0, 28)}[half],
          14 if half == "right" else 0 :] = False  # fmt: skip
    digits = test_digits.every(40).floats()
    usual = test_digits.floats().mean(0, keepdim=True)
    noise = torch.Generator().manual_seed(0)
    errors, apart = [], []
    with torch.inference_mode():
        for x in digits:
            filled = impute(model, x[None], known, chains=8, sweeps=10, generator=noise)
            guess = filled.means.mean(0)
            errors.append([_error(guess, x, known), _error(usual[0], x, known)])
            apart.append(filled.means[..., ~known].std(0).mean())
    ours, filling = torch.tensor(errors).mean(0)
    assert ours < 0.85 * filling
    assert torch.stack(apart).mean() > 0.02  # the chains give different answers


def test_chains_agree_where_the_data_leave_nothing_open(test_digits: Digits) -> None:
    if "vae-400" not in [path.name for path in checkpoint.shipped()]:
        pytest.skip("vae-400 is not shipped")
    model, noise = load("vae-400"), torch.Generator().manual_seed(0)
    x = test_digits.images[:1].float() / 255
    spread = []
    for rows in (3, 22):
        known = torch.ones(28, 28, dtype=torch.bool)
        known[28 - rows :] = False
        with torch.inference_mode():
            filled = impute(model, x, known, chains=16, sweeps=10, generator=noise)
        spread.append(float(filled.means[..., ~known].std(0).mean()))
    assert spread[0] < 0.3 * spread[1]


def _error(guess: Tensor, x: Tensor, known: Tensor) -> Tensor:
    return (guess - x)[..., ~known].square().mean()
