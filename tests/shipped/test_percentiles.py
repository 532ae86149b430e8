"""The percentiles that ship, against test digits."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch

from vae_core import checkpoint
from vae_core.data.digits import Digits
from vae_core.evaluation import percentiles


@pytest.mark.parametrize("name", [path.name for path in checkpoint.shipped()])
def test_shipped_ranks_are_of_the_grey_test_digits(
    name: str, pictures_of: Callable[[str], Digits]
) -> None:
    """A slice of test digits must spread evenly over the ranks of all of them."""
    known = percentiles.read(checkpoint.resolve(name))
    if known is None:
        pytest.skip("evaluate --save has not been run for this checkpoint")
    model = checkpoint.load(name)
    digits = pictures_of(name).every(100)
    with torch.inference_mode():  # few at a time, whose many draws stay in a core's cache
        few = (whole.split(percentiles.BATCH) for whole in (digits.floats(), digits.labels.long()))
        parts = [percentiles.placed(model, x, y) for x, y in zip(*few, strict=True)]
    for key in parts[0]:
        value = torch.cat([part[key] for part in parts])
        shares = np.sort(np.array([known.share_below(key, float(v)) for v in value], float))
        assert np.abs(shares - np.linspace(0, 1, 100)).max() < 0.17, key  # Kolmogorov, 1 %
