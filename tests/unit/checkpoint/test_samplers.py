"""Samplers beside the weights: written, read, refused in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from vae_core import files
from vae_core.checkpoint import samplers
from vae_core.checkpoint.companions import WEIGHTS
from vae_core.probability.samplers import DiffusionSampler, MixtureSampler


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files.write_tensors(tmp_path / WEIGHTS, {"w": torch.ones(2)}, {})
    return tmp_path


def test_a_sampler_comes_back_as_it_was(folder: Path):
    for sampler in (DiffusionSampler(3, width=8, blocks=1), MixtureSampler(3, 2)):
        samplers.write(folder, sampler)
    assert samplers.kinds(folder) == ["diffusion", "mixture"]
    for kind, like in (("diffusion", torch.float32), ("mixture", torch.float32)):
        again = samplers.read(folder, kind)
        z = again.sample(4, generator=torch.Generator().manual_seed(0))
        assert z.shape == (4, 3)
        assert z.dtype == like


def test_weights_trained_again_leave_no_sampler(folder: Path):
    samplers.write(folder, MixtureSampler(3, 2))
    files.write_tensors(folder / WEIGHTS, {"w": torch.zeros(2)}, {})
    assert samplers.kinds(folder) == []
    with pytest.raises(ValueError, match="fitted to other weights"):
        samplers.read(folder, "mixture")


def test_what_is_not_there_is_said(folder: Path):
    with pytest.raises(ValueError, match="there is no sampler 'magic'"):
        samplers.read(folder, "magic")
    with pytest.raises(ValueError, match="fit one with fit-sampler"):
        samplers.read(folder, "diffusion")


@pytest.mark.parametrize(
    "settings",
    [
        "",
        "[]",
        '{"dim": 3}',
        '{"dim": 3, "components": 2.5}',
        '{"dim": 3, "components": 999999999}',
        '{"dim": 4, "components": 2}',
        '{"dim": -3, "components": 2}',
    ],
)
def test_a_damaged_file_is_refused_in_a_sentence(folder: Path, settings: str):
    path = samplers.write(folder, MixtureSampler(3, 2))
    about = files.safetensors_metadata(path) | {"settings": settings}
    files.write_tensors(path, files.read_tensors(path), about)
    with pytest.raises(ValueError, match="damaged"):
        samplers.read(folder, "mixture")
