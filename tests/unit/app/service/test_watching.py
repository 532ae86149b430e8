"""A draw watched on its way ends in the very draw that the grid shows."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch

from vae_core import Config, NetConfig, checkpoint
from vae_core.app.service.studio import Studio
from vae_core.app.service.watching import Watching
from vae_core.checkpoint import samplers
from vae_core.models import build
from vae_core.probability.samplers import DiffusionSampler
from vae_core.probability.samplers.diffusion import SIGMA_MAX, STEPS


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    root = tmp_path_factory.mktemp("checkpoints")
    for name, more in (
        ("plain", {}),
        ("labelled", {"prior": "flow", "labelled_prior": True}),
        ("conditional", {"conditional": True}),
    ):
        torch.manual_seed(0)
        given: dict[str, Any] = {"latent_dim": 4, "net": NetConfig(hidden_dims=(8,)), **more}
        checkpoint.save(build(Config(name=name, **given)), root / name)
        sampler = DiffusionSampler(4, width=8, blocks=1)
        for weights in sampler.parameters():  # else it does nothing
            torch.nn.init.normal_(weights, std=0.3)
        samplers.write(root / name, sampler)
    torch.manual_seed(1)
    checkpoint.save(build(Config(name="bare", latent_dim=4)), root / "bare")
    return Studio(root, "cpu")


@pytest.mark.parametrize("name", ["plain", "labelled", "conditional"])
@pytest.mark.parametrize(("n", "index", "label"), [(1, 0, None), (7, 6, None), (60, 23, 4)])
def test_the_last_step_is_the_draw_of_the_grid(
    studio: Studio, name: str, n: int, index: int, label: int | None
):
    drawn = studio.sample(name, n, 5, label=label, sampler="diffusion")
    way = Watching(studio).watch(name, n, 5, label, index)
    assert np.array_equal(way["noisy"][-1], drawn["pixels"][index])
    assert np.array_equal(way["denoised"][-1], drawn["pixels"][index])
    assert way["z"] == pytest.approx(drawn["z"][index], abs=1e-5)
    labels = drawn["labels"]
    assert way["label"] == (None if labels is None else labels[index])


def test_noise_falls_from_the_most_to_none(studio: Studio):
    way = Watching(studio).watch("plain", 4, 1, None, 2)
    sigmas = way["sigmas"]
    assert len(sigmas) == len(way["noisy"]) == len(way["denoised"]) == STEPS + 1
    assert sigmas[0] == pytest.approx(SIGMA_MAX)
    assert sigmas[-1] == 0
    assert sigmas == sorted(sigmas, reverse=True)
    assert all(math.isfinite(sigma) for sigma in sigmas)
    assert not np.array_equal(way["noisy"][0], way["denoised"][0])


def test_every_picture_is_decoded_from_the_code_of_its_step(studio: Studio):
    noise = torch.Generator().manual_seed(3)
    sampler = studio.registry.sampler("plain", "diffusion")
    assert isinstance(sampler, DiffusionSampler)
    y = torch.randint(10, (5,), generator=noise)
    steps = list(sampler.steps(5, generator=noise, y=y, guidance=samplers.GUIDANCE))
    way = Watching(studio).watch("plain", 5, 3, None, 1)
    for at in (0, 12, 29):
        for which, code in (("noisy", steps[at].noisy), ("denoised", steps[at].denoised)):
            u = code[1].tolist()
            if max(map(abs, u)) > 10:
                continue  # no sliders reach there
            made = studio.decode("plain", u)["pixels"][0].astype(int)
            assert np.abs(made - way[which][at]).max() <= 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("bare", 4, 0, None, 0), "has no sampler"),
        (("nobody", 4, 0, None, 0), "unknown"),
        (("plain", 4, 0, None, 4), "index must be a whole number from 0 to 3"),
        (("plain", 4, 0, None, -1), "index"),
        (("plain", 257, 0, None, 0), "n must be"),
        (("plain", 4, 0, 10, 0), "label"),
        (("plain", 4, "now", None, 0), "seed"),
        (("plain", 4, 0, None, None), "index"),
    ],
)
def test_what_cannot_be_watched_is_refused_in_words(
    studio: Studio, arguments: tuple[Any, ...], words: str
):
    with pytest.raises(ValueError, match=words):
        Watching(studio).watch(*arguments)
