"""Groups of steps without a GPU: a graph that is taken again stands for one that is replayed."""

import dataclasses
from pathlib import Path

import pytest
import torch
from small_models import random_digits, tiny_config, trained

from vae_core import recipes
from vae_core.config import Config
from vae_core.data.digits import Digits
from vae_core.models import Autoencoder
from vae_core.training import cuda_graph
from vae_core.training.run import TrainingRun, fit

BATCH, GROUP = 10, 5
STEPS = cuda_graph.WARM_UP + 2 * GROUP + 2
"""Of an epoch that has plain steps, two whole groups and a rest."""


@pytest.fixture
def digits() -> Digits:
    return random_digits(BATCH * STEPS)


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Has every run take the way of a GPU; the means that each group gave are counted."""
    groups: list[int] = []

    def record(take: cuda_graph.Take, noise: torch.Generator) -> cuda_graph.Take:
        def replay() -> torch.Tensor:
            means = take()
            groups.append(len(means))
            return means

        return replay

    monkeypatch.setattr(cuda_graph, "GROUP", GROUP)
    monkeypatch.setattr(cuda_graph, "is_supported", lambda run: True)
    monkeypatch.setattr(cuda_graph, "aside", lambda take: take())
    monkeypatch.setattr(cuda_graph, "record", record)
    return groups


def finished(config: Config, digits: Digits, every: int | None = 1) -> TrainingRun:
    run = TrainingRun(config)
    for _ in fit(run, digits, every=every):
        pass
    return run


def assert_same(a: TrainingRun, b: TrainingRun) -> None:
    for name, tensor in a.result().state_dict().items():
        assert torch.equal(tensor, b.result().state_dict()[name]), name
    assert torch.equal(a.noise.get_state(), b.noise.get_state())


@pytest.mark.parametrize("every", [None, 1, 7])
def test_groups_are_the_plain_steps(
    digits: Digits, recorded: list[int], every: int | None, monkeypatch: pytest.MonkeyPatch
):
    """Schedules, noise, order, clipping and averages: the same weights, bit for bit."""
    beta = dataclasses.replace(tiny_config().train.beta, kind="cyclical")
    config = tiny_config(binarisation="dynamic", beta=beta, learning_rate_warmup=4)
    groups = finished(config, digits, every)
    assert (GROUP in recorded) == (every != 1)
    assert sum(recorded) == 2 * STEPS - cuda_graph.WARM_UP
    monkeypatch.undo()
    assert_same(groups, finished(config, digits))


def test_the_records_are_those_of_plain_steps(
    digits: Digits, recorded: list[int], monkeypatch: pytest.MonkeyPatch
):
    def records() -> list[tuple[float, ...]]:
        found = fit(TrainingRun(tiny_config()), digits, every=7)
        return [(r.epoch, r.step, r.loss, r.beta, r.learning_rate) for r in found]

    groups = records()
    monkeypatch.undo()
    for mine, plain in zip(groups, records(), strict=True):
        assert mine == pytest.approx(plain, rel=1e-6)


def test_a_resumed_run_is_the_same_run(digits: Digits, recorded: list[int], tmp_path: Path):
    config = tiny_config(binarisation="dynamic")
    first = TrainingRun(config)
    trained(first, digits, steps=STEPS + 4)
    first.save(tmp_path / "run.safetensors")
    second = TrainingRun(config, seed=9)
    second.resume(tmp_path / "run.safetensors")
    for _ in fit(second, digits, every=None):
        pass
    assert_same(finished(config, digits, None), second)


def test_a_group_has_one_k(digits: Digits, recorded: list[int], monkeypatch: pytest.MonkeyPatch):
    """The k of a sparse code falls as it does in plain steps; a graph is recorded for each."""
    config = recipes.get("sae-topk")
    code = dataclasses.replace(config.code, topk=6, topk_start=9)
    train = dataclasses.replace(config.train, epochs=4, batch_size=BATCH)
    config = dataclasses.replace(config, latent_dim=12, code=code, train=train)
    groups = finished(config, digits, None)
    assert isinstance(groups.model, Autoencoder)
    assert groups.model.topk == 6
    assert GROUP in recorded
    monkeypatch.undo()
    assert_same(groups, finished(config, digits))


def test_steps_that_cannot_be_recorded_are_taken_plainly(
    digits: Digits, recorded: list[int], monkeypatch: pytest.MonkeyPatch
):
    def fail(take: cuda_graph.Take, noise: torch.Generator) -> cuda_graph.Take:
        raise RuntimeError("no capture here")

    monkeypatch.setattr(cuda_graph, "record", fail)
    config = tiny_config(binarisation="dynamic")
    with pytest.warns(UserWarning, match="no capture here"):
        run = finished(config, digits, None)
    monkeypatch.undo()
    assert_same(run, finished(config, digits))
