"""Verbs beside a model of another set: pictures are cropped for it, digits' own verbs refuse it."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from PIL import Image
from running_verbs import Capture, refused, run

from vae_core import VAE, checkpoint


@pytest.fixture
def shoes(tmp_path: Path, model: VAE) -> Path:
    model.config = dataclasses.replace(model.config, dataset="fashion-mnist")
    return checkpoint.save(model, tmp_path / "shoes")


def test_a_picture_that_holds_no_digit_is_reconstructed(
    shoes: Path, tmp_path: Path, capsys: Capture
):
    image = Image.new("RGB", (300, 200), "white")
    image.paste((30, 30, 30), (60, 90, 240, 150))
    image.save(tmp_path / "shoe.jpg")
    [found] = run(capsys, "reconstruct", shoes, tmp_path / "shoe.jpg")["images"]
    assert found["ok"]
    run(capsys, "interpolate", shoes, *[tmp_path / "shoe.jpg"] * 2, "-o", tmp_path / "way.png")


@pytest.mark.parametrize("verb", ["search", "label", "draws", "sliders", "paths", "features"])
def test_what_knows_digits_alone_refuses(shoes: Path, capsys: Capture, verb: str):
    more = ["--evaluate"] if verb in ("search", "features") else []
    said = refused(capsys, verb, shoes, *more)
    assert "is for handwritten digits; this model is of FashionMNIST" in said


@pytest.mark.parametrize("verb", ["evaluate", "train-reader"])
def test_another_set_than_the_checkpoints_own_is_refused(shoes: Path, capsys: Capture, verb: str):
    said = refused(capsys, verb, shoes, "--dataset", "kmnist")
    assert "--dataset is kmnist, but this checkpoint was trained on FashionMNIST" in said
    said = refused(capsys, verb, shoes, "--dataset", "fashion-mnist", "--data", "/nowhere")
    assert "FashionMNIST is not at /nowhere" in said
