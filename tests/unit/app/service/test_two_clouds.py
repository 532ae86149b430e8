"""The two clouds of a model through the service: bounded, repeatable, checked at the door."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from vae_core import Config, NetConfig, checkpoint
from vae_core.app import wire
from vae_core.app.service import two_clouds
from vae_core.app.service.studio import Studio
from vae_core.app.service.two_clouds import TwoClouds
from vae_core.checkpoint import samplers
from vae_core.models import build
from vae_core.probability.samplers import DiffusionSampler, MixtureSampler

KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "labelled": {"prior": "flow", "labelled_prior": True},
    "conditional": {"conditional": True},
    "flat": {"latent_dim": 2},
    "autoencoder": {"objective": "reconstruction", "prior": "fitted"},
}


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    root = tmp_path_factory.mktemp("checkpoints")
    for name, more in KINDS.items():
        torch.manual_seed(0)
        given: dict[str, Any] = {"latent_dim": 4, "net": NetConfig(hidden_dims=(8,)), **more}
        checkpoint.save(build(Config(name=name, **given)), root / name)
    for name in ("plain", "labelled"):
        samplers.write(root / name, DiffusionSampler(4, width=8, blocks=1))
    samplers.write(root / "plain", MixtureSampler(4, 2))
    return Studio(root, "cpu")


@pytest.mark.parametrize(
    ("name", "kind"),
    [*((name, "prior") for name in KINDS), ("plain", "mixture"), ("labelled", "diffusion")],
)
def test_every_kind_of_model_has_its_clouds(studio: Studio, name: str, kind: str):
    found = TwoClouds(studio).clouds(name, kind)
    assert len(found["codes"]) == len(found["labels"]) == two_clouds.DIGITS // 2
    count = two_clouds.SLOW_DRAWS if kind == "diffusion" else two_clouds.DRAWS
    assert len(found["draws"]) == count // 2
    assert np.isfinite(found["codes"]).all()
    assert np.isfinite(found["draws"]).all()
    assert found["ends"] is not None
    assert found["ends"].shape == (4, 28, 28)
    reply: Any = wire.to_json(found)
    assert reply["codes"] == found["codes"]


def test_they_are_computed_once(studio: Studio):
    asked = TwoClouds(studio)
    first = asked.clouds("plain")
    assert asked.clouds("plain") is first
    again = TwoClouds(studio).clouds("plain")
    assert again["codes"] == first["codes"]
    assert again["draws"] == first["draws"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nobody",), "unknown"),
        (("plain", "magic"), "sampler must be"),
        (("flat", "mixture"), "has no sampler"),
        ((["plain"],), "unknown"),
    ],
)
def test_what_is_not_there_is_said(studio: Studio, arguments: tuple[Any, ...], words: str):
    with pytest.raises(ValueError, match=words):
        TwoClouds(studio).clouds(*arguments)
