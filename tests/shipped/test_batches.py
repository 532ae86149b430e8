"""A code is the same digit, whatever it is decoded together with, for all that answer at once."""

from __future__ import annotations

from collections.abc import Iterator
from queue import Queue

import numpy as np
import pytest
import torch

from vae_core import checkpoint, runtime
from vae_core.app.service.batches import Asked, Batches, Decoding, joined
from vae_core.app.service.models import labels_of
from vae_core.app.service.studio import Studio
from vae_core.app.service.trainings.own_models import full_name
from vae_core.app.service.trainings.trainings import Trainings
from vae_core.checkpoint import archive
from vae_core.models import Model

COUNT = 33
CONFIGS = {folder.name: checkpoint.read_config(folder) for folder in checkpoint.shipped()}
LIVE = [name for name, config in CONFIGS.items() if config.likelihood != "pixelcnn"]


@pytest.fixture(scope="module")
def studio() -> Iterator[Studio]:
    threads = torch.get_num_threads()
    yield Studio(device="cpu")
    torch.set_num_threads(threads)


def plans_of(model: Model) -> list[Decoding]:
    """As many visitors as a small class, each with a code and a label."""
    noise = runtime.generator("cpu", 20)
    codes = torch.randn(COUNT, 1, model.latent_dim, generator=noise)
    return [Decoding(model, u, labels_of(model, i % 10, 1)) for i, u in enumerate(codes)]


def means(plan: Decoding) -> torch.Tensor:
    with torch.inference_mode():
        return plan.model.decode(plan.model.from_sliders(plan.u, plan.y), plan.y).mean


def check(studio: Studio, model: Model) -> None:
    plans = plans_of(model)
    alone = torch.cat([means(plan) for plan in plans])
    for size in (2, 5, COUNT):
        together = means(joined(plans[:size]))
        torch.testing.assert_close(together, alone[:size], rtol=0, atol=1e-5)
    got, many = Queue[list[Asked]](), Batches(studio.now)
    for place, plan in enumerate(plans):
        many.ask("class", place, Asked(plan, got.put, place))
    answered: list[Asked] = []
    while len(answered) < COUNT:
        answered += got.get(timeout=30)
    for asked, plan in zip(
        sorted(answered, key=lambda each: str(each.about).zfill(2)), plans, strict=True
    ):
        pixels = studio.now(plan)["pixels"]
        assert asked.pixels is not None
        # A mean on the edge between two grey levels may fall to either side.
        assert np.abs(asked.pixels.astype(int) - pixels.astype(int)).max() <= 1


@pytest.mark.parametrize("name", LIVE)
def test_a_code_is_the_same_digit_in_any_batch(studio: Studio, name: str) -> None:
    check(studio, checkpoint.load(name))


def test_so_is_one_of_a_visitor_s_own_model(studio: Studio) -> None:
    own, visitor = studio.trainings.models, Trainings.visitor()
    card = own.add(visitor, archive.pack(checkpoint.load("vae-2d")), "brought", None)
    name = full_name(card["name"], visitor)
    assert not studio.is_quick(name), "the first one loads it, beside the others"
    studio.decode(name, [0, 0])
    assert studio.is_quick(name)
    check(studio, studio.plan_decode(name, [0, 0]).model)
