"""A step is compiled where that pays, and a resumed run keeps to what was chosen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from vae_core import Config, NetConfig, TrainConfig, files
from vae_core.data.digits import Digits
from vae_core.training import compile_choice, compiled
from vae_core.training.compile_choice import Gain, pays
from vae_core.training.objectives import Batch
from vae_core.training.run import TrainingRun, fit

CONFIG = Config(
    name="tiny",
    latent_dim=3,
    net=NetConfig(hidden_dims=(16,)),
    train=TrainConfig(epochs=2, batch_size=10, fused=True),
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder."""
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def digits() -> Digits:
    images = torch.randint(0, 256, (40, 1, 28, 28), generator=torch.Generator().manual_seed(0))
    return Digits(images.byte(), torch.zeros(40, dtype=torch.int64), torch.arange(40))


@pytest.mark.parametrize(
    ("plain", "steps", "known", "expected"),
    [
        (0.004, 4690, False, False),  # ten epochs save 9.4 s, and cost 12
        (0.004, 4690, True, True),  # or 3, where the cache has them
        (0.004, 1400, True, False),  # three epochs save 2.8 s
        (0.004, 14_070, False, True),
        (0.0002, 14_070, False, False),
        (0.004, 0, True, False),
    ],
)
def test_what_it_saves_is_set_against_what_it_costs(
    plain: float, steps: int, known: bool, expected: bool
) -> None:
    assert pays(plain, steps, Gain(cold=12, warm=3, share=0.5), known) is expected


def test_the_fastest_step_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    lengths = iter([9.0] * compile_choice.WARM_UP + [3.0, 0.5, 2.0] + [1.0] * 20)
    clock = [0.0]

    def step(_: Batch) -> None:
        clock[0] += next(lengths)

    monkeypatch.setattr(compile_choice.time, "perf_counter", lambda: clock[0])
    x = torch.zeros(1, 1, 28, 28)
    assert compile_choice.plain_seconds(step, Batch(x, x, None, x)) == 0.5


def test_a_short_run_is_not_compiled_and_measuring_changes_nothing(
    digits: Digits, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object) -> None:
        raise AssertionError("compiled")

    monkeypatch.setattr(compiled, "_inductor", never)
    runs = [TrainingRun(CONFIG), TrainingRun(CONFIG)]
    runs[1].compiles = False  # nothing is measured
    for run in runs:
        assert list(fit(run, digits, every=1))[-1].epoch_done
        assert run.compiles is False
    for mine, other in zip(*(run.result().parameters() for run in runs), strict=True):
        assert torch.equal(mine, other)


@pytest.mark.parametrize("chosen", [True, False, None])
def test_the_choice_is_saved_with_the_run(tmp_path: Path, chosen: bool | None) -> None:
    run = TrainingRun(CONFIG)
    run.compiles = chosen
    run.save(tmp_path / "run.safetensors")
    other = TrainingRun(CONFIG)
    other.resume(tmp_path / "run.safetensors")
    assert other.compiles is chosen


def test_a_state_of_an_earlier_version_was_compiled(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    TrainingRun(CONFIG).save(path)
    tensors, about = files.read_tensors(path), files.safetensors_metadata(path)
    del about["compiles"], about["sha256"]
    files.write_tensors(path, tensors, about)
    run = TrainingRun(CONFIG)
    run.resume(path)
    assert run.compiles is True


def test_what_is_no_choice_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "run.safetensors"
    TrainingRun(CONFIG).save(path)
    tensors, about = files.read_tensors(path), files.safetensors_metadata(path)
    del about["sha256"]
    files.write_tensors(path, tensors, about | {"compiles": json.dumps("maybe")})
    with pytest.raises(ValueError, match="whether its step was compiled"):
        TrainingRun(CONFIG).resume(path)


def test_what_compiling_took_is_noted_beside_the_cache(cache: Path) -> None:
    run = TrainingRun(CONFIG)
    assert not compile_choice.is_known(run)
    assert compile_choice.measured(run) == compile_choice.WHOLE_STEP
    with compile_choice.noted(run):
        pass
    assert compile_choice.is_known(run)  # but how long the cache takes is not known yet
    assert compile_choice.measured(run) == compile_choice.WHOLE_STEP
    with compile_choice.noted(run):
        pass
    assert compile_choice.measured(run).warm < 1
    (note,) = (cache / "vae_core").iterdir()
    note.write_text("{")
    assert compile_choice.measured(run) == compile_choice.WHOLE_STEP
