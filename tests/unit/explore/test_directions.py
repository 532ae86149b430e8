"""Directions in the latent space that move one trait of a hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import torch

from vae_core import Config, NetConfig, checkpoint
from vae_core.app.service import steering
from vae_core.data.digits import Digits
from vae_core.data.examples import examples
from vae_core.explore import directions, sliders
from vae_core.models import build

RNG = np.random.default_rng(0)


def test_regression_finds_what_codes_were_made_of():
    measured = RNG.normal(size=(500, 4)) * [1, 5, 0.2, 3]
    rows = RNG.normal(size=(4, 6))
    codes = measured / measured.std(0) @ rows
    assert directions.regression(measured, codes) == pytest.approx(rows)


def test_traits_that_go_together_are_told_apart():
    first = RNG.normal(size=2000)
    measured = np.stack([first, 0.9 * first + 0.1 * RNG.normal(size=2000)], 1)
    codes = np.stack([measured[:, 0], RNG.normal(size=2000)], 1)
    rows = directions.regression(measured, codes)
    assert abs(rows[1, 0]) < 0.01 * abs(rows[0, 0])


def test_a_trait_that_never_varies_moves_nothing():
    measured = np.stack([RNG.normal(size=50), np.zeros(50)], 1)
    assert not directions.regression(measured, RNG.normal(size=(50, 3)))[1].any()


def test_a_step_along_one_direction_is_read_along_it_alone():
    rows = RNG.normal(size=(3, 8))
    found: list[sliders.Direction] = [
        {"trait": trait, "direction": row.tolist(), "kept": 0.9, "moved": 1.0}
        for trait, row in zip(("slant", "width", "height"), rows, strict=True)
    ]
    reads = np.array([way["reads"] for way in steering.ways(found)])
    assert reads @ rows.T == pytest.approx(np.eye(3), abs=1e-3)
    assert steering.ways([]) == []


@pytest.mark.parametrize(("latents", "prior"), [(2, "normal"), (4, "flow")])
def test_sliders_that_say_it_themselves_need_no_directions(
    latents: int, prior: Literal["normal", "flow"]
):
    net = NetConfig(hidden_dims=(8,))
    model = build(Config(name="tiny", latent_dim=latents, net=net, prior=prior))
    assert not directions.has_directions(model)


def some() -> Digits:
    tiles, labels, places = examples()
    images = torch.from_numpy(tiles.copy())[:, None]
    return Digits(images, torch.tensor(labels), torch.tensor(places))


def test_no_room_leaves_the_classes_directions_in():
    net = NetConfig(hidden_dims=(8,))
    for latents, same in ((5, True), (16, False)):
        torch.manual_seed(0)
        model = build(Config(name="tiny", latent_dim=latents, net=net)).eval()
        rows, pure = directions.along_named_traits(model, some())
        assert rows.shape == (4, latents)
        assert np.array_equal(rows, pure) == same
    assert directions.blend(rows, pure, 0.5) == pytest.approx((rows + pure) / 2)


@pytest.mark.parametrize("direction", [[1.0, 2.0], [1.0, 2.0, "x"], None])
def test_a_damaged_direction_is_refused(tmp_path: Path, direction: object):
    model = build(Config(name="tiny", latent_dim=3, net=NetConfig(hidden_dims=(8,)))).eval()
    checkpoint.save(model, tmp_path)
    about = sliders.describe(model, some())
    sliders.write(tmp_path, about)
    sliders.add(
        tmp_path,
        "directions",
        [{"trait": "slant", "direction": direction, "kept": 0.9, "moved": 1.0}],
    )
    with pytest.raises(ValueError, match="damaged"):
        sliders.read(tmp_path, 3)
    assert json.loads((tmp_path / sliders.LATENTS).read_text())["recipe"] == "tiny"
