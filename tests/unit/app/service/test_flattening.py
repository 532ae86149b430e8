"""The service behind the flat maps: pixels beside codes, and a picture's place where it has one."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
import torch

from vae_core import Config, NetConfig, checkpoint
from vae_core.app import wire
from vae_core.app.service.flattening import Flattening
from vae_core.app.service.reducing import Reducing
from vae_core.app.service.studio import Studio
from vae_core.app.service.training_codes import TrainingCodes
from vae_core.data.shipped import COUNT, shipped
from vae_core.explore import tsne
from vae_core.models import build
from vae_core.uses import flat


@pytest.fixture(scope="module")
def flattening(tmp_path_factory: pytest.TempPathFactory) -> Flattening:
    """A model with a t-SNE beside it, one without, one of a single number; PCA of few digits."""
    folder = tmp_path_factory.mktemp("checkpoints")
    torch.manual_seed(0)
    for name, latents in (("mapped", 4), ("other", 3), ("single", 1)):
        config = Config(name=name, latent_dim=latents, net=NetConfig(hidden_dims=(8,)))
        checkpoint.save(build(config), folder / name)
    tsne.write(folder / "mapped", torch.randn(COUNT, 2))
    training = SimpleNamespace(digits=shipped("train").at(torch.arange(900)))
    return Flattening(Reducing(Studio(folder, "cpu"), cast(TrainingCodes, training)))


def _digit(place: int) -> str:
    return wire.pack(flat.digits().images[place, 0].numpy())


def test_a_shown_digit_lies_where_its_dot_is(flattening: Flattening) -> None:
    found = flattening.flatten("other", _digit(5), "pca")
    assert found["labels"] == "".join(map(str, flat.digits().labels.tolist()))
    assert found["code"] is not None
    for laid in (found["pixels"], found["code"]):
        places = laid["places"].view("<i2").reshape(-1, 2) / tsne.LARGEST
        assert laid["own"] == pytest.approx(list(places[5]), abs=1e-3)
        assert 0.1 < laid["right"]["value"] < 0.9


def test_t_sne_places_no_new_picture(flattening: Flattening) -> None:
    found = flattening.flatten("mapped", _digit(0), "tsne")
    assert found["pixels"]["own"] is None
    assert found["code"] is not None
    assert found["code"]["own"] is None
    assert found["pixels"]["right"]["value"] > 0.9 > 0.2 > found["code"]["right"]["value"]


@pytest.mark.parametrize(
    ("name", "plane", "reason"),
    [("other", "tsne", "vae_core map other --save"), ("single", "pca", "one number")],
)
def test_where_there_is_no_map_of_codes_pixels_stand_alone(
    name: str, plane: str, reason: str, flattening: Flattening
) -> None:
    found = flattening.flatten(name, _digit(0), plane)
    assert found["code"] is None
    assert reason in (found["reason"] or "")
    assert len(found["pixels"]["places"]) > 0


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(("none", _digit(0), "pca"), "none"), (("other", "AAAA", "pca"), "digit must be base64"),
     (("other", _digit(0), "lda"), "plane must be one of")],
)  # fmt: skip
def test_mistakes_are_named(flattening: Flattening, arguments: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        flattening.flatten(*arguments)
