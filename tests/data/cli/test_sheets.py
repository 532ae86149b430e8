"""Sheets of pictures: the same hand, sliders of a picture, draws of a fitted sampler."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from running_verbs import Capture, opened, refused, run

from vae_core import VAE, Config, NetConfig, checkpoint, pictures
from vae_core.checkpoint import samplers
from vae_core.data.digits import Digits
from vae_core.models import build
from vae_core.probability.samplers import DiffusionSampler


@pytest.fixture
def labelled(tmp_path: Path) -> Path:
    """A model whose prior knows digits, and a diffusion model of its codes."""
    torch.manual_seed(0)
    net = NetConfig(hidden_dims=(8,))
    config = Config(name="labelled", latent_dim=4, net=net, prior="flow", labelled_prior=True)
    model = build(config)
    with torch.no_grad():  # a fresh flow is the identity, under every label
        for name, weight in model.named_parameters():
            if name.startswith("prior."):
                weight.add_(0.3 * torch.randn_like(weight))
    folder = checkpoint.save(model, tmp_path / "labelled")
    samplers.write(folder, DiffusionSampler(4, width=8, blocks=1))
    return folder


@pytest.fixture
def seven(test_digits: Digits, tmp_path: Path) -> Path:
    path = tmp_path / "seven.png"
    Image.fromarray(test_digits.images[0, 0].numpy()).save(path)
    return path


def tile(page: Image.Image, row: int, column: int, columns: int) -> np.ndarray:
    """The 28x28 digit of a labelled page."""
    left = page.width - (columns * 30 + 2) + 2 + 30 * column
    top = 20 + 2 + 30 * row
    return np.asarray(page.convert("L"))[top : top + 28, left : left + 28]


def test_the_same_hand_writes_every_digit(
    capsys: Capture, labelled: Path, seven: Path, test_digits: Digits, tmp_path: Path
) -> None:
    out = tmp_path / "hand.png"
    answer = run(capsys, "hand", labelled, seven, seven, "-o", out)
    assert answer["read"] == [7, 7]
    page = opened(out)
    assert np.array_equal(tile(page, 0, 0, 11), test_digits.images[0, 0].numpy())
    model = checkpoint.load(labelled)
    with torch.inference_mode():
        y = torch.tensor([7])
        u = model.to_sliders(model.encode(test_digits.floats(slice(0, 1))).mean, y)
        three = torch.tensor([3])
        made = pictures.to_uint8(model.decode(model.from_sliders(u, three), three).mean)[0]
    for row in (0, 1):
        assert np.abs(tile(page, row, 4, 11).astype(int) - made).max() <= 1


def test_a_model_without_labels_has_no_hand(
    capsys: Capture, model: VAE, seven: Path, tmp_path: Path
) -> None:
    folder = checkpoint.save(model, tmp_path / "tiny")
    said = refused(capsys, "hand", folder, seven, "-o", tmp_path / "hand.png")
    assert "takes no labels" in said


def test_sliders_move_what_a_picture_shows(
    capsys: Capture, model: VAE, seven: Path, test_digits: Digits, tmp_path: Path
) -> None:
    folder, out = checkpoint.save(model, tmp_path / "tiny"), tmp_path / "sheet.png"
    answer = run(capsys, "traverse", folder, seven, seven, "--steps", 5, "-o", out)
    assert [row["latent"] for row in answer["rows"]] == [0, 1, 2] * 2
    with torch.inference_mode():
        u = model.encode(test_digits.floats(slice(0, 1))).mean
        u[0, 1] = -2.0
        made = pictures.to_uint8(model.decode(u).mean)[0]
    page = opened(out)
    for row in (1, 4):
        assert np.abs(tile(page, row, 0, 5).astype(int) - made).max() <= 1
    said = refused(capsys, "traverse", folder, "--named", "-o", out)
    assert "has no named sliders" in said


def test_draws_of_a_sampler_fill_a_sheet(capsys: Capture, labelled: Path, tmp_path: Path) -> None:
    sheets = [tmp_path / name for name in ("a.png", "b.png", "prior.png")]
    for sheet, sampler in zip(sheets, ("diffusion", "diffusion", "prior"), strict=True):
        asked = ("--sampler", sampler, "-n", 6, "-o", sheet)
        assert run(capsys, "sample", labelled, *asked)["sampler"] == sampler
    assert sheets[0].read_bytes() == sheets[1].read_bytes() != sheets[2].read_bytes()
    said = refused(capsys, "sample", labelled, "--sampler", "mixture", "-o", sheets[0])
    assert "has no sampler" in said
