"""What was measured for some weights is not told of others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from vae_core import VAE, checkpoint, files, recipes
from vae_core.app.service.card_making import card
from vae_core.checkpoint import companions
from vae_core.cli import family as verb
from vae_core.evaluation import family, percentiles, results_table
from vae_core.evaluation.family import PCA_FILE
from vae_core.evaluation.model_card import write_card
from vae_core.explore import slider_axes, sliders


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
    pca = family.Pca(torch.zeros(784), torch.zeros(3, 784), torch.zeros(3), 0.5, 0.25)
    family.write_pca(folder, pca)
    assert family.read_pca(folder) is not None
    retrained(model, folder)
    assert family.read_pca(folder) is None


def test_figures_do_not_outlive_their_weights(model: VAE, tmp_path: Path):
    folder = checkpoint.save(model, tmp_path / "tiny")
    weights = files.fingerprint(folder / checkpoint.WEIGHTS)
    files.write_json(folder / checkpoint.METRICS, {"weights_sha256": weights, "nll": 80.0})
    about: Any = checkpoint.inspect(folder)
    assert (about["metrics"]["nll"], about["outdated"]) == (80.0, [])
    retrained(model, folder)
    about: Any = checkpoint.inspect(folder)
    assert (about["metrics"], about["outdated"]) == (None, [checkpoint.METRICS])
    assert card("tiny", about)["outdated"] == [checkpoint.METRICS]
    write_card(folder)
    text = (folder / "README.md").read_text()
    assert "not measured since it was trained again" in text
    assert "80.0" not in text


def test_each_file_of_other_weights_is_named(model: VAE, tmp_path: Path):
    folder = checkpoint.save(model, tmp_path / "tiny")
    sliders.write(folder, {"order": [2, 0, 1], "latents": [{"name": None}] * 3})
    pca = family.Pca(torch.zeros(784), torch.zeros(3, 784), torch.zeros(3), 0.5, 0.25)
    family.write_pca(folder, pca)
    percentiles.write(folder, percentiles.Percentiles({"rate": np.zeros(3, np.float32)}))
    slider_axes.write(folder, torch.eye(3))
    assert companions.outdated(folder) == []
    retrained(model, folder)
    (folder / "latents.json").write_text("{")  # its reader says that it is damaged
    assert companions.outdated(folder) == ["axes.safetensors", PCA_FILE, percentiles.FILE]


def test_a_recipe_trained_again_is_not_done_and_has_no_row(tmp_path: Path):
    config = recipes.get("vae-128")
    folder = checkpoint.save(VAE(config), tmp_path / "vae-128")
    old = {"weights_sha256": "0" * 64, "elbo": -1.0}
    files.write_json(folder / checkpoint.METRICS, old)
    assert not verb.is_done(tmp_path, "vae-128")
    assert verb.is_trained(tmp_path, "vae-128")
    assert "vae-128" not in results_table.tables(tmp_path)
