"""A state that is not whole is refused in a sentence, and changes nothing of the run."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from vae_core import Config, NetConfig, TrainConfig, files
from vae_core.data.digits import Digits
from vae_core.training.run import TrainingRun, fit

CONFIG = Config(
    name="tiny",
    latent_dim=3,
    net=NetConfig(hidden_dims=(16,)),
    train=TrainConfig(epochs=2, batch_size=10, ema=0.9),
)
Change = Callable[[dict[str, Tensor], dict[str, Any]], object]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    images = torch.randint(0, 256, (40, 1, 28, 28), generator=torch.Generator().manual_seed(0))
    digits = Digits(images.byte(), torch.zeros(40, dtype=torch.int64), torch.arange(40))
    run = TrainingRun(CONFIG)
    for _ in fit(run, digits, every=3):
        break
    run.save(tmp_path / "run.safetensors", "a line\n")
    return tmp_path / "run.safetensors"


def rewrite(path: Path, change: Change, checked: bool = False) -> None:
    """The state with a change, without its checksum unless that is what is tried."""
    tensors, about = files.read_tensors(path), files.safetensors_metadata(path)
    place = json.loads(about["place"])
    change(tensors, place)
    if not checked:
        del about["sha256"]
    files.write_tensors(path, tensors, about | {"place": json.dumps(place)})


def test_the_history_comes_back_with_the_run(path: Path):
    assert TrainingRun(CONFIG).resume(path) == "a line\n"


def test_nothing_stays_mapped_to_the_state(path: Path):
    """Windows would not let the next save replace it."""
    maps = Path("/proc/self/maps")
    if not maps.exists():
        pytest.skip("Linux tells what is mapped")
    run = TrainingRun(CONFIG)
    run.resume(path)
    assert str(path) not in maps.read_text()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda t, p: t.pop("noise"), "'noise' is missing"),
        (lambda t, p: t.pop("optimizer.0.exp_avg"), "'optimizer.0.exp_avg' is missing"),
        (lambda t, p: [t.pop(k) for k in list(t) if k.startswith("opt")], "is missing"),
        (lambda t, p: t.pop("model.encoder.1.0.bias"), "is missing"),
        (lambda t, p: t.update(extra=torch.zeros(1)), "'extra' is unknown"),
        (lambda t, p: t.update({"model.encoder.1.0.bias": torch.zeros(2)}), "float32 (2,)"),
        (lambda t, p: t.update({"model.encoder.1.0.bias": torch.zeros(16).double()}), "float64"),
        (lambda t, p: t["model.encoder.1.0.bias"].fill_(torch.nan), "holds NaN"),
        (lambda t, p: t["average.encoder.1.0.bias"].fill_(torch.inf), "holds NaN"),
        (lambda t, p: t["optimizer.1.exp_avg_sq"].fill_(torch.nan), "holds NaN"),
        (lambda t, p: p.update(epoch=-3), "where the run stood"),
        (lambda t, p: p.update(step=1.5), "where the run stood"),
        (lambda t, p: p.update(seconds="long"), "where the run stood"),
        (lambda t, p: p.pop("batch"), "where the run stood"),
    ],
)
def test_a_state_that_is_not_whole_is_refused(path: Path, change: Change, reason: str):
    rewrite(path, change)
    run = TrainingRun(CONFIG)
    before = {k: v.clone() for k, v in run.model.state_dict().items()}
    with pytest.raises(ValueError, match="damaged") as caught:
        run.resume(path)
    assert reason in str(caught.value)
    assert run.step == 0
    assert all(torch.equal(before[k], v) for k, v in run.model.state_dict().items())


def test_a_flipped_bit_is_seen(path: Path):
    def flip(tensors: dict[str, Tensor], place: object) -> None:
        tensors["model.encoder.1.0.weight"].view(torch.int32)[3, 5] ^= 1

    rewrite(path, flip, checked=True)
    with pytest.raises(ValueError, match="checksum"):
        TrainingRun(CONFIG).resume(path)


@pytest.mark.parametrize("text", [b"", b"{}", b"\x80\x04\x95", b"\0" * 100])
def test_what_is_no_state_is_refused(path: Path, text: bytes):
    path.write_bytes(text)
    with pytest.raises(ValueError, match=r"run\.safetensors"):
        TrainingRun(CONFIG).resume(path)


def test_a_state_without_its_settings_is_refused(path: Path):
    files.write_tensors(path, files.read_tensors(path))
    with pytest.raises(ValueError, match="which settings"):
        TrainingRun(CONFIG).resume(path)
