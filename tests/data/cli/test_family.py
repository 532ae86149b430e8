"""One command trains, measures and tabulates; called again it finds everything done."""

import argparse
import dataclasses
import json
from pathlib import Path

import pytest
import torch

from vae_core import checkpoint, recipes
from vae_core.cli.family import family
from vae_core.config import Config, NetConfig, TrainConfig
from vae_core.evaluation import results_table


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch) -> str:
    train = TrainConfig(epochs=1, batch_size=2000)
    config = Config(name="tiny", latent_dim=3, net=NetConfig(hidden_dims=(16,)), train=train)
    monkeypatch.setitem(recipes.RECIPES, "tiny", lambda: config)
    return "tiny"


@pytest.fixture
def successor(monkeypatch: pytest.MonkeyPatch, tiny: str) -> str:
    first = recipes.get(tiny)
    train = dataclasses.replace(first.train, starts_from=tiny, learning_rate=1e-6)
    config = dataclasses.replace(first, name="successor", train=train)
    monkeypatch.setitem(recipes.RECIPES, "successor", lambda: config)
    return "successor"


def arguments(data: Path, out: Path, readme: Path, *only: str) -> argparse.Namespace:
    return argparse.Namespace(
        data=str(data),
        out=str(out),
        readme=str(readme),
        only=list(only),
        device="cpu",
        download=False,
        importance_samples=0,
    )


@pytest.mark.slow
def test_a_recipe_is_trained_measured_and_tabulated_once(
    mnist_dir: Path, tmp_path: Path, tiny: str
):
    readme = tmp_path / "README.md"
    readme.write_text(f"{results_table.BEGIN}\n{results_table.END}\n")
    options = arguments(mnist_dir, tmp_path, readme, tiny)
    assert family(options)["left"] == []
    assert "| `tiny` |" in readme.read_text()
    metrics = tmp_path / tiny / checkpoint.METRICS
    written = metrics.stat().st_mtime_ns
    assert json.loads(metrics.read_text())["n_images"] == 10_000
    assert family(options)["done"] == [tiny]
    assert metrics.stat().st_mtime_ns == written


def test_an_unknown_recipe_is_refused_before_anything_is_trained(tmp_path: Path):
    with pytest.raises(ValueError, match="there is no recipe 'vea'"):
        family(arguments(tmp_path, tmp_path, tmp_path / "README.md", "vea"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_recipe_begins_with_the_weights_of_another(
    mnist_dir: Path, tmp_path: Path, tiny: str, successor: str
):
    readme = tmp_path / "README.md"
    readme.write_text(f"{results_table.BEGIN}\n{results_table.END}\n")
    assert family(arguments(mnist_dir, tmp_path, readme, tiny, successor))["left"] == []
    first, second = (checkpoint.load(tmp_path / name).state_dict() for name in (tiny, successor))
    # Thirty steps of a millionth each.
    assert all(torch.allclose(first[name], second[name], atol=1e-4) for name in first)


def test_a_recipe_whose_beginning_is_missing_is_refused(tmp_path: Path, successor: str):
    with pytest.raises(ValueError, match="begins with the weights of 'tiny'"):
        family(arguments(tmp_path, tmp_path, tmp_path / "README.md", successor))
