"""What was measured for some weights is not told of others."""

from __future__ import annotations

from pathlib import Path

import torch

from vae_core import VAE, checkpoint, compare, sliders


def retrained(model: VAE, folder: Path) -> None:
    with torch.no_grad():
        next(model.parameters()).add_(1.0)
    checkpoint.save(model, folder)


def test_names_of_sliders_do_not_outlive_their_weights(model: VAE, tmp_path: Path):
    folder = checkpoint.save(model, tmp_path / "tiny")
    sliders.write(folder, {"order": [2, 0, 1], "latents": [{"name": None}] * 3})
    assert sliders.read(folder, 3) is not None
    retrained(model, folder)
    assert sliders.read(folder, 3) is None


def test_pca_does_not_outlive_the_weights_that_it_was_compared_with(model: VAE, tmp_path: Path):
    folder = checkpoint.save(model, tmp_path / "tiny")
    pca = compare.Pca(torch.zeros(784), torch.zeros(3, 784), torch.zeros(3), 0.5, 0.25)
    compare.write_pca(folder, pca)
    assert compare.read_pca(folder) is not None
    retrained(model, folder)
    assert compare.read_pca(folder) is None
