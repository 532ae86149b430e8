"""The gradient passed back by the draws that weigh something, against that of all draws."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import torch
from torch import Tensor

from vae_core import Config, NetConfig, TrainConfig, recipes, runtime
from vae_core.data.digits import Digits
from vae_core.training import weighted_draws
from vae_core.training.batch import draw_batch
from vae_core.training.objectives import Batch
from vae_core.training.run import TrainingRun, fit
from vae_core.training.step import batch_loss

CONFIG = Config(
    name="t",
    latent_dim=3,
    objective="iwae",
    samples=6,
    net=NetConfig(kind="conv", hidden_dims=(8, 8, 16), blocks=1),
    train=TrainConfig(epochs=3, batch_size=9, binarisation="dynamic", ema=0.9),
)
CASES = {
    "plain": CONFIG,
    "bytes": dataclasses.replace(
        CONFIG, train=dataclasses.replace(CONFIG.train, binarisation="none")
    ),
    "labels": dataclasses.replace(CONFIG, conditional=True),
    "flow": dataclasses.replace(CONFIG, prior="flow"),
    "mixture": dataclasses.replace(CONFIG, prior="vamp", pseudo_inputs=5),
}


def digits() -> Digits:
    noise = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (30, 1, 28, 28), generator=noise).byte()
    return Digits(images, torch.arange(30) % 10, torch.arange(30))


def begun(config: Config) -> tuple[TrainingRun, Batch]:
    """A run whose last layers do something, and a batch of 9."""
    run = TrainingRun(config)
    with torch.no_grad(), runtime.seeded(1):
        for weight in run.model.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    given = digits().at(torch.arange(9))
    return run, draw_batch(run, given.images, given.labels)


def left(run: TrainingRun) -> Tensor:
    """The gradients that are at the weights."""
    weights = run.optimizer.weights
    return torch.cat(
        [w.new_zeros(w.numel()) if w.grad is None else w.grad.flatten() for w in weights]
    )


def of_all(run: TrainingRun, batch: Batch) -> tuple[Tensor, Tensor]:
    """Autograd's gradient of the whole loss, and the means."""
    run.optimizer.forget_gradients()
    value, means = batch_loss(run.model, batch, run.beta)
    value.backward()
    return left(run), means


@pytest.mark.parametrize("light", [1 / 16, 0.4, 1.0])
def test_each_draw_is_passed_back_by_its_weight_on_average(
    light: float, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(weighted_draws, "LIGHT", light)
    noise = torch.Generator().manual_seed(2)
    weights = torch.softmax(4 * torch.randn(32, 5, generator=noise), 0)
    starts = (torch.arange(1000) + 0.5) / 1000
    shares = torch.stack([weighted_draws.passed_back(weights, s.expand(5)) for s in starts])
    torch.testing.assert_close(shares.mean(0), weights, rtol=0, atol=light / 1000)
    heavy = weights >= light
    assert (shares[:, heavy] == weights[heavy]).all()
    counts = (shares > 0).sum(1)
    assert (counts.amax(0) - counts.amin(0) <= 1).all()


@pytest.mark.parametrize("is_padded", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_it_is_autograds_where_every_draw_is_passed_back(
    case: str, is_padded: bool, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(weighted_draws, "LIGHT", 1e-37)
    monkeypatch.setattr(weighted_draws, "PAIRS", 16)  # the last part is not whole
    run, batch = begun(CASES[case])
    expected, means = of_all(run, batch)
    gradients = weighted_draws.Gradients(run, compiles=False)
    gradients.compiles = is_padded  # as one graph would need it
    found = gradients(batch)
    torch.testing.assert_close(found, means)
    torch.testing.assert_close(
        left(run), expected, rtol=1e-4, atol=1e-5 * float(expected.abs().max())
    )


def test_its_mean_over_the_lots_is_autograds():
    run, batch = begun(CONFIG)
    expected, _ = of_all(run, batch)
    gradients, found = weighted_draws.Gradients(run, compiles=False), torch.zeros_like(expected)
    parts = 64
    for part in range(parts):
        chance = torch.full((9,), (part + 0.5) / parts)
        gradients(dataclasses.replace(batch, chance=chance))
        found += left(run) / parts
    assert (found - expected).norm() <= 0.02 * expected.norm()


def test_most_draws_of_a_trained_posterior_are_left_out():
    weights = torch.softmax(9 * torch.randn(32, 200, generator=torch.Generator().manual_seed(3)), 0)
    shares = weighted_draws.passed_back(weights, torch.rand(200))
    assert (shares > 0).float().sum(0).mean() < 6


def test_a_resumed_run_is_the_same(tmp_path: Path):
    whole, first, second = (TrainingRun(CONFIG, seed=seed) for seed in (0, 0, 4))
    losses = [record.loss for record in fit(whole, digits(), every=1)]
    assert losses[-1] < losses[0]
    for record in fit(first, digits(), every=1):
        if record.step == 4:
            break
    first.save(tmp_path / "state.safetensors")
    second.resume(tmp_path / "state.safetensors")
    assert [record.loss for record in fit(second, digits(), every=1)] == losses[4:]
    for name, tensor in whole.model.state_dict().items():
        assert torch.equal(tensor, second.model.state_dict()[name]), name


@pytest.mark.parametrize("name", ["vae-conv-elbo", "iwae-50", "vae-400", "ae"])
def test_another_loss_is_left_to_autograd(name: str):
    assert not weighted_draws.is_supported(TrainingRun(recipes.get(name)))


def test_one_draw_and_double_precision_are_too():
    one = dataclasses.replace(CONFIG, samples=1)
    assert not weighted_draws.is_supported(TrainingRun(one))
    run = TrainingRun(CONFIG)
    assert weighted_draws.is_supported(run)
    run.model.double()
    assert not weighted_draws.is_supported(run)
