"""The verb `anomaly`: pictures scored, and one digit's model measured."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from running_verbs import Capture, refused, run

from vae_core.data import Digits


@pytest.fixture
def pictures(test_digits: Digits, tmp_path: Path) -> list[Path]:
    """A usual seven, a two turned upside down, and a zero."""
    images = (test_digits.images[0, 0], test_digits.images[1, 0].flip(0), test_digits.images[3, 0])
    paths = [tmp_path / f"{name}.png" for name in ("seven", "turned", "zero")]
    for path, image in zip(paths, images, strict=True):
        Image.fromarray(image.numpy()).save(path)
    return paths


@pytest.mark.parametrize("score", ["relative", "elbo-floor"])
def test_pictures_are_scored_without_data(
    capsys: Capture, pictures: list[Path], score: str
) -> None:
    words = ("anomaly", "vae-400", *pictures[:2], "--score", score, "--device", "cpu")
    seven, turned = run(capsys, *words)["images"]
    assert seven["file"] == str(pictures[0])
    assert turned["score"] > seven["score"]
    assert 0 <= seven["percentile"] < turned["percentile"] <= 100


def test_a_picture_by_a_model_of_one_digit(
    capsys: Capture, pictures: list[Path], mnist_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae_core.uses.anomaly.STEPS", 400)
    words = ("--mode", "one", "--digit", "7", "--data", mnist_dir, "--device", "cpu")
    seven, _, zero = run(capsys, "anomaly", "vae-128", *pictures, *words)["images"]
    assert seven["percentile"] < 95 < zero["percentile"]


def test_one_digit_measured(capsys: Capture, mnist_dir: Path) -> None:
    """The claim of the whole table, for the three; the elbo alone is the worst of the errors."""
    words = ("--evaluate", "--mode", "one", "--digit", "3", "--data", mnist_dir, "--device", "cpu")
    found = run(capsys, "anomaly", "vae-128", *words)
    assert found["digits"] == 10_000
    assert found["auroc"] == found["auroc_per_digit"]["3"] == found["scores"]["relative"]["value"]
    assert found["auroc"] >= 0.965
    assert 0 < found["auroc_sem"] < 0.01
    scores = {name: area["value"] for name, area in found["scores"].items()}
    assert scores["elbo"] < scores["elbo-floor"] < scores["relative"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("vae-400",), "name a picture, or ask for --evaluate"),
        (("vae-400", "--evaluate"), "takes --mode one or --mode held-out"),
        (("vae-400", "x.png", "--mode", "one"), "--mode and --digit go together"),
        (("vae-400", "x.png", "--score", "nll"), "score is 'nll'; it must be one of"),
        (("vae-128", "--save", "--mode", "one"), "--save measures all twenty models"),
        (("ae", "--save", "--data", "/nowhere"), "it has no ELBO"),
        (("ae", "x.png", "--score", "elbo"), "it has no ELBO"),
    ],
)
def test_a_mistake_is_one_line(capsys: Capture, words: tuple[str, ...], sentence: str) -> None:
    assert sentence in refused(capsys, "anomaly", *words)
