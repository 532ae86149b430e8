"""The verb `search`: neighbours of pictures, and the figure that is claimed for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running_verbs import Capture, refused, run

from vae_core import checkpoint
from vae_core.checkpoint.companions import CODES
from vae_core.data import Digits

MODEL = "vae-flow-digits"


@pytest.fixture
def picture(test_digits: Digits, tmp_path: Path) -> Path:
    """The first test digit, a seven, as a picture file."""
    path = tmp_path / "seven.png"
    Image.fromarray(test_digits.images[0, 0].numpy()).save(path)
    return path


def test_neighbours_of_a_picture_without_data(
    capsys: Capture, picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))  # no data there
    (image,) = run(capsys, "search", MODEL, picture, "-k", "5", "--device", "cpu")["images"]
    assert image["file"] == str(picture)
    assert image["by_pixels"] is None
    near = image["neighbours"]
    assert [set(each) for each in near] == [{"index", "label", "distance"}] * 5
    assert [each["label"] for each in near] == [7] * 5
    distances = [each["distance"] for each in near]
    assert distances == sorted(distances)


def test_pixels_beside_codes_with_data(
    capsys: Capture, mnist_dir: Path, picture: Path, tmp_path: Path
) -> None:
    noise = tmp_path / "empty.png"
    Image.fromarray(np.zeros((28, 28), np.uint8)).save(noise)
    words = ("search", MODEL, picture, noise, "--data", mnist_dir, "--device", "cpu")
    seven, nothing = run(capsys, *words)["images"]
    assert [each["label"] for each in seven["by_pixels"]] == [7] * 10
    assert nothing["ok"] is False
    assert nothing["reason"]
    assert nothing["neighbours"] is None


def test_the_claimed_precision(capsys: Capture) -> None:
    found = run(capsys, "search", MODEL, "--evaluate", "--device", "cpu")
    assert found["digits"] == 1000
    assert found["precision_at_10"] >= 0.97
    assert found["precision_at_10"] > found["euclidean"]["precision_at_10"]
    assert 0 < found["precision_at_10_sem"] < 0.01


def test_the_kept_codes_are_those_of_the_shipped_weights(mnist_dir: Path) -> None:
    """A few of the 60,000, encoded again: rounded to 16 bits, in the split's order."""
    import torch

    from vae_core.data import load_mnist
    from vae_core.uses import codes as kept

    folder = checkpoint.resolve(MODEL)
    assert (folder / CODES).stat().st_size < 10_000_000
    found, train = kept.read(folder), load_mnist("train", mnist_dir)
    assert found is not None
    assert torch.equal(found.labels, train.labels)
    some = torch.arange(0, 60_000, 601)
    again = kept.encode(checkpoint.load(folder), train.at(some))
    assert (found.means[some] - again.means).abs().max() < 0.005


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ((MODEL,), "name a picture, or ask for --evaluate or --save"),
        ((MODEL, "--evaluate", "-k", "3"), "measures ten neighbours"),
        (("vae-2d", "--evaluate", "--save", "--hold-out", "9"), "not of --hold-out"),
        (("vae-2d", "--evaluate", "--data", "/nowhere"), "MNIST is not at"),
    ],
)
def test_a_mistake_is_one_line(capsys: Capture, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(capsys, "search", *words)
