"""Draws of fitted samplers and rows of digits, through the service."""

from __future__ import annotations

import base64

import numpy as np
import pytest
import torch

from vae_core import Config, NetConfig, checkpoint
from vae_core.app.service.recent import Recent
from vae_core.app.service.studio import Studio
from vae_core.checkpoint import samplers
from vae_core.data.examples import examples
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


def test_the_default_is_the_diffusion_model_where_there_is_one(studio: Studio):
    for name in ("plain", "labelled"):
        default, diffusion = (
            studio.sample(name, 3, 2, sampler=kind)["z"] for kind in ("default", "diffusion")
        )
        assert default == diffusion


def test_the_models_own_reading_is_bayes_rule(studio: Studio):
    digit = {"digit": base64.b64encode(examples()[0][4].tobytes()).decode()}
    result = studio.encode("labelled", digit)
    model = studio.registry.get("labelled")
    z = torch.tensor([result["mean"]])
    each = torch.stack([model.log_prior(z, torch.tensor([label])) for label in range(10)])
    shares = each.softmax(0).flatten()
    own = result["own"]
    assert own is not None
    assert own["digit"] == int(shares.argmax())
    assert own["sure"] == pytest.approx(float(shares.max()), abs=1e-4)
    assert studio.reconstruct("labelled", digit)["own"] == own
    assert studio.encode("plain", digit)["own"] is None


def test_only_the_last_samplers_are_kept():
    loaded: list[int] = []

    def load(key: int) -> list[int]:
        loaded.append(key)
        return [key]

    recent = Recent(load, capacity=2)
    assert [recent.get(key) for key in (1, 2, 1, 3, 1, 2)] == [[1], [2], [1], [3], [1], [2]]
    assert loaded == [1, 2, 3, 2]
    assert (1 in recent, 3 in recent) == (True, False)


def test_what_cannot_be_loaded_is_asked_for_again():
    answers = iter([ValueError("damaged"), 7])

    def load(key: str) -> int:
        answer = next(answers)
        if isinstance(answer, ValueError):
            raise answer
        return answer

    recent = Recent(load, capacity=1)
    with pytest.raises(ValueError, match="damaged"):
        recent.get("model")
    assert recent.get("model") == 7


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
