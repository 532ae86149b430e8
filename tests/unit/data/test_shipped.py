"""The digits that ship: whole, MNIST's own, and a torn file says so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import torch

from vae_core.data import load_mnist
from vae_core.data.shipped import COUNT, SHEETS, read, shipped, write
from vae_core.files import ASSETS

SPLITS = tuple(SHEETS)


@pytest.mark.parametrize("split", SPLITS)
def test_the_shipped_digits_are_there_without_any_data_set(split: str):
    digits = shipped(split)
    assert digits.images.shape == (COUNT, 1, 28, 28)
    assert digits.images.dtype == torch.uint8
    assert digits.labels.bincount(minlength=10).min() > 800
    assert len(digits.places.unique()) == COUNT
    assert shipped(split) is digits


@pytest.mark.parametrize("split", SPLITS)
def test_they_are_mnists_own(split: str, mnist_dir: Path):
    whole, digits = load_mnist(split, mnist_dir), shipped(split)
    assert torch.equal(digits.images, whole.images[digits.places])
    assert torch.equal(digits.labels, whole.labels[digits.places])


def test_training_digits_are_those_that_a_seed_draws(mnist_dir: Path):
    drawn = load_mnist("train", mnist_dir).drawn(COUNT)
    assert torch.equal(shipped("train").places, drawn.places)


def test_the_test_digits_keep_their_order():
    assert torch.equal(shipped("test").places, torch.arange(COUNT))


def test_what_is_written_is_read_back(tmp_path: Path):
    digits = shipped("train").at(torch.arange(COUNT).flip(0))
    write(digits, tmp_path / "sheet.png")
    back = read(tmp_path / "sheet.png")
    assert torch.equal(back.images, digits.images)
    assert torch.equal(back.places, digits.places)
    with pytest.raises(ValueError, match="not 7"):
        write(digits.at(torch.arange(7)), tmp_path / "few.png")


def test_there_is_no_third_split():
    with pytest.raises(ValueError, match="test, train"):
        shipped("valid")


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    """A copy of the test digits to be damaged."""
    for ending in (".png", ".json"):
        shutil.copy((ASSETS / SHEETS["test"]).with_suffix(ending), tmp_path / f"sheet{ending}")
    return tmp_path / "sheet.png"


def test_a_torn_sheet_says_so(sheet: Path):
    sheet.write_bytes(sheet.read_bytes()[:100_000])
    with pytest.raises(ValueError, match=r"sheet\.png is damaged"):
        read(sheet)
    sheet.write_bytes((ASSETS / "digits.png").read_bytes())
    with pytest.raises(ValueError, match="does not hold 10000 digits"):
        read(sheet)
    sheet.unlink()
    with pytest.raises(ValueError, match="missing"):
        read(sheet)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"labels": "123"}, "10000 labels"),
        ({"labels": "x" * COUNT}, "10000 labels"),
        ({"places": [1, 2, 3]}, "10000 places"),
        ({"places": [60_000] * COUNT}, "10000 places"),
        ({"places": None}, "10000 places"),
    ],
)
def test_torn_labels_say_so(sheet: Path, change: dict[str, object], said: str):
    about = sheet.with_suffix(".json")
    about.write_text(json.dumps(json.loads(about.read_text()) | change))
    with pytest.raises(ValueError, match=said):
        read(sheet)
