"""Two processes train the model that one trains: the same noise, the same batch, the same stop."""

from __future__ import annotations

import dataclasses
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from vae_core import Config, NetConfig, TrainConfig, files
from vae_core.data.digits import Digits
from vae_core.training import distributed
from vae_core.training.run import TrainingRun, fit

CONFIG = Config(
    name="tiny",
    latent_dim=3,
    net=NetConfig(hidden_dims=(16,)),
    conditional=True,
    free_bits=0.3,
    train=TrainConfig(epochs=2, batch_size=9, binarisation="dynamic", ema=0.9, clip_norm=5.0),
)
WEIGHTED = dataclasses.replace(
    CONFIG,
    objective="iwae",
    samples=24,
    free_bits=0.0,
    # Two channels a group: a bias before a norm of its own has no gradient but rounding.
    net=NetConfig(kind="conv", hidden_dims=(16, 16, 16), blocks=1),
)
CONFIGS = {"labels": CONFIG, "weighted": WEIGHTED}
ROUNDING = {"labels": 1e-5, "weighted": 5e-5}
"""How far weights may part: Adam turns rounded gradients near zero, of a block that starts as the
identity, into steps. All of a run's steps together are a hundredth."""
STEPS, RESUMED_AT = 10, 4


def digits() -> Digits:
    noise = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (45, 1, 28, 28), generator=noise).byte()
    return Digits(images, torch.arange(45) % 10, torch.arange(45))


def train(config: Config, folder: Path, name: str) -> None:
    """A run that is saved and resumed on its way; rank 0 writes weights and last figures."""
    torch.set_num_threads(1)
    run = TrainingRun(config)
    for _ in fit(run, digits(), every=1):
        if run.step == RESUMED_AT:
            break
    if distributed.rank() == 0:
        run.save(folder / f"{name}-state.safetensors")
    distributed.any_rank(False)  # the others wait for the file
    run = TrainingRun(config, seed=5)
    run.resume(folder / f"{name}-state.safetensors")
    last = None
    for record in fit(run, digits(), every=1):
        last = record
        # Only the last rank is told to stop; all leave at the same step.
        answer = distributed.rank() == distributed.size() - 1 and run.step == STEPS - 1
        if distributed.any_rank(answer):
            break
    assert last is not None
    figures = torch.tensor([last.distortion, last.rate, last.loss, float(run.step)])
    weights = {**run.result().state_dict(), "figures": figures}
    files.write_tensors(folder / f"{name}-{distributed.rank()}.safetensors", weights)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.mark.skipif(not torch.distributed.is_available(), reason="torch without distributed")
@pytest.mark.long
@pytest.mark.parametrize("name", CONFIGS)
def test_two_processes_equal_one_also_after_a_resume(name: str, tmp_path: Path):
    train(CONFIGS[name], tmp_path, "one")
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(free_port())}
    words = [sys.executable, __file__, name, str(tmp_path)]
    ranks = [
        subprocess.Popen(words, env={**os.environ, **shared, "RANK": str(rank)})
        for rank in range(2)
    ]
    assert [rank.wait(timeout=120) for rank in ranks] == [0, 0]
    one = files.read_tensors(tmp_path / "one-0.safetensors")
    for rank in range(2):
        two = files.read_tensors(tmp_path / f"two-{rank}.safetensors")
        for key, tensor in one.items():
            torch.testing.assert_close(two[key], tensor, rtol=1e-4, atol=ROUNDING[name], msg=key)


def test_a_batch_too_small_for_the_processes_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(distributed, "size", lambda: 4)
    config = dataclasses.replace(CONFIG, train=TrainConfig(batch_size=3))
    with pytest.raises(ValueError, match="at least 4"):
        next(fit(TrainingRun(dataclasses.replace(config, free_bits=0.0)), digits()))


if __name__ == "__main__":
    distributed.start(torch.device("cpu"))
    train(CONFIGS[sys.argv[1]], Path(sys.argv[2]), "two")
    distributed.stop()
