"""The service behind Features and reduction: PCA beside the models that were measured."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch

from vae_core import Config, NetConfig, checkpoint
from vae_core.app import wire
from vae_core.app.service.reducing import Reducing
from vae_core.app.service.studio import Studio
from vae_core.app.service.training_codes import TrainingCodes
from vae_core.data.shipped import shipped
from vae_core.models import build
from vae_core.uses import figures
from vae_core.uses.reduction import COMPONENTS

DIGIT = wire.pack(shipped("test").images[0, 0].numpy())
READ = {"probe_error": 0.1, "probe_error_sem": 0.003, "knn_error": 0.05, "knn_error_sem": 0.002}


@pytest.fixture
def reducing(tmp_path: Path) -> Reducing:
    """A model with figures, one without, and PCA of few digits."""
    torch.manual_seed(0)
    net = NetConfig(hidden_dims=(8,))
    for name, latents in (("measured", 4), ("other", 20)):
        checkpoint.save(build(Config(name=name, latent_dim=latents, net=net)), tmp_path / name)
    found = {
        "digits": 10_000,
        "code": {**READ, "squared_error": 0.04, "squared_error_sem": 0.001},
        "pixels": READ,
        "pca": READ,
        "components": list(COMPONENTS),
        "pca_errors": [1 / count for count in COMPONENTS],
        "tsne": {"code": 0.06, "pixels": 0.04},
    }
    figures.write(tmp_path / "measured", "features", found)
    training = SimpleNamespace(digits=shipped("train").at(torch.arange(900)))
    return Reducing(Studio(tmp_path, "cpu"), cast(TrainingCodes, training))


def test_a_picture_by_components_and_by_models(reducing: Reducing) -> None:
    found = reducing.reduce("other", DIGIT)
    assert found["fitted"] == 900
    assert [step["numbers"] for step in found["steps"]] == list(COMPONENTS)
    lost = [step["error"] for step in found["steps"]]
    assert lost[-1] < 1e-6 < lost[12] < lost[0]
    assert found["pixels"].shape == (len(COMPONENTS), 28, 28)
    exact = found["pixels"][-1].astype(int) - shipped("test").images[0, 0].numpy()
    assert abs(exact).max() <= 1
    models = {each["name"]: each for each in found["models"]}
    assert models["measured"]["test"] == 0.04
    assert models["other"]["test"] is None
    assert [models[name]["chosen"] for name in ("measured", "other")] == [False, True]
    assert found["curve"][1] == 0.5
    assert found["reads"] == []
    assert "features other --evaluate" in found["command"]


def test_the_figures_are_those_that_the_verb_kept(reducing: Reducing) -> None:
    found = reducing.reduce("measured", DIGIT)
    assert [each["name"] for each in found["models"]] == ["measured"]
    assert [read["features"] for read in found["reads"]] == ["code", "pca", "pixels"]
    assert [read["tsne"] for read in found["reads"]] == [0.06, None, 0.04]
    assert found["reads"][0]["probe"] == {"value": 0.1, "sem": 0.003}
    assert found["digits"] == 10_000


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(("none", DIGIT), "none"), (("other", "AAAA"), "digit must be base64 of 784 grey bytes")],
)
def test_mistakes_are_named(reducing: Reducing, arguments: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        reducing.reduce(*arguments)
