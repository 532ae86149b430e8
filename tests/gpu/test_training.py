"""Training on a GPU: recorded steps are the plain ones, every recipe trains, runs resume."""

import dataclasses
import math
from pathlib import Path

import pytest
import torch
from small_models import random_digits, tiny_config, trained

from vae_core import VAE, Config, recipes
from vae_core.data.digits import Digits
from vae_core.evaluation.elbo import elbo
from vae_core.evaluation.importance import log_evidence
from vae_core.models import Model
from vae_core.training import cuda_graph
from vae_core.training.run import TrainingRun, fit
from vae_core.training.step import recorded

pytestmark = pytest.mark.gpu

GROUPS = cuda_graph.WARM_UP + 2 * cuda_graph.GROUP + 5
"""Steps of an epoch that has plain steps, two whole groups and a rest."""


@pytest.fixture(scope="module")
def digits() -> Digits:
    return random_digits(10 * GROUPS).to(torch.device("cuda"))


def finished(config: Config, digits: Digits, every: int | None) -> TrainingRun:
    run = TrainingRun(config, "cuda")
    for _ in fit(run, digits, every=every):
        pass
    return run


def assert_same(a: Model, b: Model, tolerance: float = 0.0) -> None:
    for name, tensor in a.state_dict().items():
        torch.testing.assert_close(
            tensor, b.state_dict()[name], rtol=0, atol=tolerance, msg=lambda m, n=name: f"{n}: {m}"
        )


@pytest.mark.parametrize("binarisation", ["none", "dynamic"])
def test_groups_of_steps_are_the_steps_one_by_one(digits: Digits, binarisation: str):
    config = tiny_config(binarisation=binarisation)
    groups, single = finished(config, digits, None), finished(config, digits, 1)
    assert groups.step == single.step == 2 * GROUPS
    assert_same(groups.result(), single.result())


def test_recorded_steps_are_the_plain_ones(digits: Digits, monkeypatch: pytest.MonkeyPatch):
    config = tiny_config()
    graphs = finished(config, digits, None)
    monkeypatch.setattr(cuda_graph, "is_supported", lambda run: False)
    plain = finished(config, digits, None)
    assert_same(graphs.result(), plain.result(), 1e-5)


@pytest.mark.parametrize("at", [2, cuda_graph.WARM_UP + 7, GROUPS + 1])
def test_a_resumed_run_is_the_same_run(digits: Digits, tmp_path: Path, at: int):
    config = tiny_config(binarisation="dynamic")
    whole, first = TrainingRun(config, "cuda"), TrainingRun(config, "cuda")
    trained(whole, digits)
    trained(first, digits, steps=at)
    first.save(tmp_path / "run.safetensors")
    second = TrainingRun(config, "cuda", seed=9)
    second.resume(tmp_path / "run.safetensors")
    trained(second, digits)
    assert_same(whole.result(), second.result())


def test_nothing_is_read_back_within_an_epoch(digits: Digits):
    run = TrainingRun(tiny_config(binarisation="dynamic"), "cuda")
    take = recorded(run, digits, 10, 1000)
    rows = torch.arange(10 * 1000, device="cuda").remainder(len(digits)).view(1000, 10)
    while run.step < 100:  # plain steps, and both graphs recorded
        run.step += len(take(rows[run.step : run.step + (1 if run.step < 20 else 39)]))
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for _ in range(5):
            run.step += len(take(rows[run.step :]))
    finally:
        torch.cuda.set_sync_debug_mode("default")


def test_a_code_whose_k_falls_is_recorded_for_each_k(digits: Digits):
    config = recipes.get("sae-topk")
    short = dataclasses.replace(config.train, epochs=2, batch_size=10)
    run = finished(dataclasses.replace(config, train=short), digits, None)
    assert getattr(run.model, "topk", None) == config.code.topk
    assert torch.isfinite(run.result().decoder[0].weight).all()  # type: ignore[index]


@pytest.mark.parametrize("name", recipes.RECIPES)
def test_every_recipe_trains_and_is_measured(name: str):
    """No tensor is left on the CPU: such a step raises. Compiled ones are tried as they are."""
    config = recipes.get(name)
    train = dataclasses.replace(config.train, epochs=2, batch_size=32, compile=False, fused=False)
    config = dataclasses.replace(config, train=train)
    few = random_digits(32 * 6)
    run = TrainingRun(config, "cuda")
    *_, last = fit(run, few, every=None)
    assert last.epoch_done
    assert math.isfinite(last.loss)
    result = run.result()
    assert {weight.device.type for weight in result.parameters()} == {"cuda"}
    device = torch.device("cuda")
    assert math.isfinite(elbo(result, few.every(32), device=device).distortion)
    if isinstance(result, VAE):
        *_, evidence = log_evidence(result, few.every(4), 8, seed=0)
        assert torch.isfinite(evidence).all()
    noise = torch.Generator(device).manual_seed(0)
    assert result.sample(3, generator=noise)[0].device.type == "cuda"


def test_a_compiled_loss_trains_as_a_plain_one(digits: Digits):
    plain = finished(tiny_config(), digits, None)
    compiled = finished(tiny_config(compile=True), digits, None)
    assert_same(compiled.result(), plain.result(), 1e-3)
