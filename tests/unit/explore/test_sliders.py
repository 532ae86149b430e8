"""What sliders do, against a model whose sliders are known."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from vae_core import VAE
from vae_core.explore import sliders


def test_movement_is_averaged_over_where_the_others_stand(model: VAE):
    base = torch.randn(5, 3, generator=torch.Generator().manual_seed(1))
    moved = sliders.movement(model, base)
    each = torch.stack([sliders.movement(model, one[None]) for one in base])
    torch.testing.assert_close(moved, each.mean(0))
    ends = base[:1].repeat(2, 1)
    ends[:, 2] = torch.tensor([-2.0, 2.0])
    low, high = model.decode(ends).mean
    assert float(each[0, 2]) == pytest.approx(float(((high - low) ** 2).mean()))


@pytest.mark.parametrize("change", [{"order": [0, 1]}, {"latents": []}, {"order": [0, 0, 1]}])
def test_a_file_of_another_model_is_left_alone(change: dict[str, object], tmp_path: Path):
    whole = {"order": [2, 0, 1], "latents": [{}, {}, {}]}
    (tmp_path / sliders.LATENTS).write_text(json.dumps(whole))
    assert sliders.read(tmp_path, 3) == whole
    (tmp_path / sliders.LATENTS).write_text(json.dumps(whole | change))
    assert sliders.read(tmp_path, 3) is None


def test_without_a_file_there_is_nothing_to_read(tmp_path: Path):
    assert sliders.read(tmp_path, 3) is None
