"""Which way between two digits is offered first."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch

from vae_core import Config, NetConfig, checkpoint
from vae_core.data.digits import Digits
from vae_core.data.examples import examples
from vae_core.evaluation import path_table
from vae_core.evaluation.path_table import PathFigures
from vae_core.explore import sliders
from vae_core.models import build

ROW = PathFigures(
    path="linear", sure=0.9, sure_sem=0.01, others=0.3, others_sem=0.1, length=20, length_sem=1
)


def row(path: str, sure: float, length: float) -> PathFigures:
    return dataclasses.replace(ROW, path=path, sure=sure, length=length)


def test_the_surest_is_first():
    assert path_table.first([row("linear", 0.85, 20), row("spherical", 0.9, 30)]) == "spherical"


def test_of_those_as_sure_the_shortest_is_first():
    assert path_table.first([row("linear", 0.895, 20), row("spherical", 0.9, 30)]) == "linear"
    assert path_table.first([row("linear", 0.9, 30), row("spherical", 0.895, 20)]) == "spherical"


def test_the_choice_is_kept_beside_the_sliders(tmp_path: Path):
    torch.manual_seed(0)
    model = build(Config(name="tiny", latent_dim=3, net=NetConfig(hidden_dims=(8,)))).eval()
    checkpoint.save(model, tmp_path)
    tiles, labels, places = examples()
    digits = Digits(
        torch.from_numpy(tiles.copy())[:, None], torch.tensor(labels), torch.tensor(places)
    )
    sliders.write(tmp_path, sliders.describe(model, digits))
    assert sliders.first_path(sliders.read(tmp_path, 3)) is None
    offered = path_table.offered(model, digits)
    assert offered["pairs"] == 100
    sliders.add(tmp_path, "paths", offered)
    about = sliders.read(tmp_path, 3)
    assert sliders.first_path(about) == offered["first"]
    assert about is not None
    assert len(about["latents"]) == 3


def test_nothing_is_added_to_what_other_weights_were_measured_by(tmp_path: Path):
    config = Config(name="tiny", latent_dim=3, net=NetConfig(hidden_dims=(8,)))
    checkpoint.save(build(config), tmp_path)
    (tmp_path / sliders.LATENTS).write_text('{"weights_sha256": "other"}')
    with pytest.raises(ValueError, match="of other weights"):
        sliders.add(tmp_path, "paths", {})
