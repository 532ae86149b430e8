"""The verbs `compress` and `decompress`: pictures there and back, and what is claimed for them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from running_verbs import Capture, refused, run

from vae_core import checkpoint
from vae_core.data import Digits
from vae_core.uses import figures

pytest.importorskip("constriction", reason="constriction is not installed")


@pytest.fixture
def folder(test_digits: Digits, tmp_path: Path) -> Path:
    """Five digits, and what is none."""
    found = tmp_path / "pictures"
    found.mkdir()
    for place in range(5):
        Image.fromarray(test_digits.images[place, 0].numpy()).save(found / f"{place}.png")
    Image.fromarray(np.zeros((28, 28), np.uint8)).save(found / "empty.png")
    return found


def test_grey_levels_come_back_as_they_were(
    capsys: Capture, folder: Path, tmp_path: Path, test_digits: Digits
) -> None:
    file, out = tmp_path / "five.vae", tmp_path / "out"
    run(capsys, "compress", "vae-logistic", folder, "-o", file)
    assert run(capsys, "decompress", "vae-logistic", file, "-o", out)["images"] == 5
    for place in range(5):
        back = np.asarray(Image.open(out / f"{place:05}.png"))
        assert np.array_equal(back, test_digits.images[place, 0].numpy())


def test_pictures_go_into_a_file_and_come_back(
    capsys: Capture, folder: Path, tmp_path: Path
) -> None:
    file, out = tmp_path / "five.vae", tmp_path / "out"
    there = run(capsys, "compress", "vae-400", folder, "-o", file)
    assert [each["ok"] for each in there["images"]] == [True] * 5 + [False]
    assert there["bytes"] == file.stat().st_size
    back = run(capsys, "decompress", "vae-400", file, "-o", out)
    assert back == {
        "images": 5,
        "bits": there["bits"],
        "bits_per_image": there["bits_per_image"],
    }
    grey = np.asarray(Image.open(folder / "0.png")).astype(float) / 255
    first = np.asarray(Image.open(out / "00000.png"))
    assert set(np.unique(first)) == {0, 255}
    assert np.abs(first / 255 - grey).mean() < 0.1  # drawn from its grey levels
    again = tmp_path / "again.vae"
    again.write_bytes(file.read_bytes()[:-3])
    assert "is cut short" in refused(capsys, "decompress", "vae-400", again, "-o", out)
    assert "other weights" in refused(capsys, "decompress", "vae-conv", file, "-o", out)
    assert "is not a file" in refused(capsys, "decompress", "vae-400", folder / "0.png", "-o", out)


@pytest.mark.parametrize("name", ["vae-conv", "vae-flow"])
def test_a_hundred_digits_take_what_the_elbo_says(capsys: Capture, name: str) -> None:
    found = run(capsys, "compress", name, "--evaluate", "--limit", 100)
    assert found["is_exact"]
    own = found["bits_per_image"] - found["first_bits"] / 100
    # The draws of so few codes leave their noise; all test digits come within 1 %.
    assert own == pytest.approx(found["elbo_bits"], rel=0.08)
    assert own < found["rivals"]["xz"] < found["rivals"]["png"]


@pytest.mark.parametrize("name", ["vae-conv", "vae-flow", "vae-logistic"])
def test_the_figures_that_are_kept_are_what_is_claimed(name: str) -> None:
    found = figures.read(checkpoint.resolve(name), "compress")
    assert found is not None
    assert found["images"] == 10_000
    assert found["is_exact"] is True
    assert found["command"] == f"python -m vae_core compress {name} --evaluate --save"
    assert found["bits_per_image"] == pytest.approx(found["elbo_bits"], rel=0.01)


@pytest.mark.slow
def test_all_test_digits_come_back(capsys: Capture) -> None:
    found = run(capsys, "compress", "vae-flow", "--evaluate")
    kept = figures.read(checkpoint.resolve("vae-flow"), "compress")
    assert kept is not None
    assert found["bits_per_image"] == pytest.approx(kept["bits_per_image"], rel=1e-3)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("vae-400",), "name pictures and a file with -o"),
        (("vae-400", "x.png"), "name pictures and a file with -o"),
        (("vae-400", "--evaluate", "-o", "x"), "takes no pictures and writes no file"),
        (("vae-400", "--evaluate", "--save", "--limit", "5"), "without --limit"),
        (("ae", "--evaluate"), "is deterministic"),
        (("vae-flow-digits", "--evaluate"), "is a mixture of flows"),
        (("vae-400", "/nowhere.png", "-o", "x"), "none of the pictures can be used"),
    ],
)
def test_a_mistake_is_one_line(capsys: Capture, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(capsys, "compress", *words)
