"""Draws of fitted samplers and rows of digits, through the service."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vae_core import Config, NetConfig, checkpoint
from vae_core.app.service.studio import Studio
from vae_core.checkpoint import samplers
from vae_core.models import build
from vae_core.probability.samplers import DiffusionSampler, MixtureSampler


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    root = tmp_path_factory.mktemp("checkpoints")
    for name, labelled in (("plain", False), ("labelled", True)):
        torch.manual_seed(0)
        prior = "flow" if labelled else "normal"
        net = NetConfig(hidden_dims=(8,))
        config = Config(name=name, latent_dim=4, net=net, prior=prior, labelled_prior=labelled)
        checkpoint.save(build(config), root / name)
        samplers.write(root / name, DiffusionSampler(4, width=8, blocks=1))
    samplers.write(root / "plain", MixtureSampler(4, 2))
    return Studio(root, "cpu")


def test_cards_name_the_samplers(studio: Studio):
    assert studio.card("plain")["samplers"] == ["diffusion", "mixture"]
    assert studio.card("labelled")["samplers"] == ["diffusion"]


@pytest.mark.parametrize("sampler", ["diffusion", "mixture"])
def test_draws_repeat_themselves_and_decode_to_their_pictures(studio: Studio, sampler: str):
    first, again = (studio.sample("plain", 5, 7, sampler=sampler) for _ in range(2))
    assert np.array_equal(first["pixels"], again["pixels"])
    assert first["labels"] is None
    for z, pixels in zip(first["z"], first["pixels"], strict=True):
        made = studio.decode("plain", z, wide=True)["pixels"][0]
        assert np.abs(made.astype(int) - pixels).max() <= 1


@pytest.mark.parametrize("sampler", ["prior", "diffusion"])
def test_each_draw_has_its_label_under_which_it_decodes(studio: Studio, sampler: str):
    drawn = studio.sample("labelled", 12, 1, sampler=sampler)
    labels = drawn["labels"]
    assert labels is not None
    assert len(set(labels)) > 3
    for z, label, pixels in zip(drawn["z"], labels, drawn["pixels"], strict=True):
        made = studio.decode("labelled", z, label, wide=True)["pixels"][0]
        assert np.abs(made.astype(int) - pixels).max() <= 1


def test_a_label_asked_for_is_that_of_all(studio: Studio):
    assert studio.sample("labelled", 3, 1, label=4)["labels"] == [4, 4, 4]


def test_what_is_not_there_is_said(studio: Studio):
    with pytest.raises(ValueError, match="labelled has no sampler 'mixture'"):
        studio.sample("labelled", sampler="mixture")
    with pytest.raises(ValueError, match="sampler must be"):
        studio.sample("plain", sampler="magic")


def test_the_row_is_one_digit_a_label(studio: Studio):
    z = [0.5, -1.0, 0.2, 2.0]
    row = studio.row("labelled", z)["pixels"]
    assert row.shape == (10, 28, 28)
    for label in (0, 9):
        made = studio.decode("labelled", z, label)["pixels"][0]
        assert np.abs(made.astype(int) - row[label]).max() <= 1
    with pytest.raises(ValueError, match="takes no labels"):
        studio.row("plain", z)
    with pytest.raises(ValueError, match="z"):
        studio.row("labelled", [1.0])
