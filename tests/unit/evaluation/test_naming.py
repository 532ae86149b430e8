"""Names of sliders are chosen on training digits, and tried on others of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from vae_core import Config, NetConfig, checkpoint
from vae_core.data.digits import Digits
from vae_core.data.examples import examples
from vae_core.evaluation import naming, slider_table
from vae_core.explore import sliders
from vae_core.models import Model, build


def train() -> Digits:
    tiles, labels, places = examples()
    return Digits(
        torch.from_numpy(tiles.copy())[:, None], torch.tensor(labels), torch.tensor(places)
    )


@pytest.fixture
def model() -> Model:
    torch.manual_seed(0)
    return build(Config(name="tiny", latent_dim=3, net=NetConfig(hidden_dims=(8,)))).eval()


def test_a_name_is_tried_on_digits_that_did_not_give_it(
    model: Model, monkeypatch: pytest.MonkeyPatch
):
    seen: dict[str, set[int]] = {}

    def describe(_: Model, digits: Digits, **options: object) -> sliders.Latents:
        seen["traced"] = {int(place) for place in digits.places}
        return found(_, digits, **options)  # type: ignore[arg-type]

    def verified(_: Model, digits: Digits, *__: object, **___: object) -> list[None]:
        seen["tried"] = {int(place) for place in digits.places}
        return [None] * 3

    found = sliders.describe
    monkeypatch.setattr(naming.sliders, "describe", describe)
    monkeypatch.setattr(slider_table, "verified", verified)
    naming.named(model, train(), None)
    assert seen["traced"]
    assert seen["tried"]
    assert not seen["traced"] & seen["tried"]


def test_renaming_keeps_the_order_and_the_path(model: Model, tmp_path: Path):
    checkpoint.save(model, tmp_path)
    with pytest.raises(ValueError, match="missing or of other weights"):
        naming.rename(tmp_path, model, train())
    about = sliders.describe(model, train(), kl_per_dim=[0.1, 0.3, 0.2])
    sliders.write(tmp_path, {**about, "paths": {"first": "spherical"}})
    naming.rename(tmp_path, model, train())
    kept = json.loads((tmp_path / sliders.LATENTS).read_text())
    assert kept["order"] == [1, 2, 0]
    assert kept["order_by"] == "kl"
    assert kept["paths"] == {"first": "spherical"}
    assert "directions" in kept
