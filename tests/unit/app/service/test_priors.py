"""Models whose sliders are not their prior's noise, through the service behind every panel."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import torch

from vae_core import checkpoint, recipes
from vae_core.app import wire
from vae_core.app.service import prior_words
from vae_core.app.service.inside import Inside
from vae_core.app.service.studio import Studio
from vae_core.app.service.two_clouds import TwoClouds
from vae_core.config import CodeConfig
from vae_core.data.examples import examples
from vae_core.models import build
from vae_core.probability.protocols import can_fit

DIGIT = wire.pack(examples()[0][3])
NAMES = ("vae-vamp", "vq-vae")


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    folder = tmp_path_factory.mktemp("checkpoints")
    for name in NAMES:
        torch.manual_seed(0)
        given = recipes.get(name)
        net = dataclasses.replace(given.net, hidden_dims=(8, 8, 8), decoder_dims=None)
        code = CodeConfig(codebook=16) if name == "vq-vae" else given.code
        dim = 32 if name == "vq-vae" else 6
        model = build(
            dataclasses.replace(given, net=net, code=code, latent_dim=dim, pseudo_inputs=9)
        )
        if can_fit(model.prior):
            model.prior.fit(torch.randn(200, dim))
        checkpoint.save(model.eval(), folder / name)
    return Studio(folder, "cpu")


@pytest.mark.parametrize("name", NAMES)
def test_the_card_says_what_its_sliders_and_draws_are(studio: Studio, name: str) -> None:
    found = studio.card(name)
    assert not found["sliders_are_noise"]
    words = found["words"]
    assert words is not None
    assert ("16" if name == "vq-vae" else "9 pictures") in words["sliders"]
    assert words["gaussian"].startswith("a Gaussian")


def test_priors_of_noise_need_no_words() -> None:
    for name in recipes.RECIPES:
        config = recipes.get(name)
        assert (prior_words.of(config) is None) == config.sliders_are_noise, name


@pytest.mark.parametrize("name", NAMES)
def test_a_draw_decodes_where_its_sliders_stand(studio: Studio, name: str) -> None:
    drawn = studio.draw(name, seed=3)
    again = studio.decode(name, drawn["z"][0])
    assert np.abs(np.subtract(again["pixels"], drawn["pixels"], dtype=int)).max() <= 1


@pytest.mark.parametrize("name", NAMES)
def test_inside_adds_up_and_steps(studio: Studio, name: str) -> None:
    inside = Inside(studio)
    found = inside.inside(name, DIGIT, seed=1)
    assert sum(found["shares"]) == pytest.approx(found["distortion"], abs=1e-2)
    assert set(found["parts"].values()) <= set(inside.sources()["parts"])
    inside.step(name, DIGIT)


@pytest.mark.parametrize("name", NAMES)
def test_the_clouds_of_compare_are_of_draws_of_the_prior(studio: Studio, name: str) -> None:
    found = TwoClouds(studio).clouds(name)
    assert np.isfinite(found["draws"]).all()
