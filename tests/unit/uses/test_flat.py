"""Flat maps: digits fill their frame, a new spot lands among them, and the vote is counted."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from vae_core import files
from vae_core.data.shipped import COUNT
from vae_core.explore import tsne
from vae_core.uses import flat


def test_classes_that_lie_apart_are_named_rightly_and_mixed_ones_by_chance() -> None:
    labels = torch.arange(400) % 10
    noise = torch.randn(400, 2, generator=torch.Generator().manual_seed(0))
    apart = 100 * torch.stack((labels.float(), 0 * labels.float()), 1) + noise
    found = flat.laid(apart, labels)
    assert (found.right, found.sem) == (1, 0)
    mixed = flat.laid(noise, labels)
    assert mixed.right == pytest.approx(0.1, abs=0.08)
    assert mixed.sem == pytest.approx((mixed.right * (1 - mixed.right) / 399) ** 0.5)


def test_a_spot_stands_where_the_digit_of_that_spot_does() -> None:
    spots = torch.tensor([[3.0, 0.0], [13.0, 4.0], [7.0, 2.0]] + [[5.0, 1.0]] * 9)
    found = flat.laid(spots, torch.zeros(12, dtype=torch.int64))
    assert int(found.places.abs().max()) == tsne.LARGEST
    shown = found.places[2] / tsne.LARGEST
    assert torch.allclose(found.place(spots[2]), shown, atol=1e-4)


def test_the_shipped_map_of_pixels_is_that_of_the_test_digits() -> None:
    found = flat.by_tsne(flat.pixels_tsne())
    assert found.places.shape == (flat.SHOWN, 2)
    assert found.right == pytest.approx(0.93, abs=0.02)


def test_a_damaged_map_is_named(tmp_path: Path) -> None:
    path = tmp_path / "map.safetensors"
    files.write_tensors(path, {"tsne": torch.zeros(COUNT, 3, dtype=torch.int16)}, {})
    with pytest.raises(ValueError, match="is damaged: it does not hold the places"):
        flat.pixels_tsne(path)
