"""The gradient passed back by the draws that weigh something, against that of all draws."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Literal

import pytest
import torch
from torch import Tensor

from vae_core import Config, NetConfig, TrainConfig, recipes, runtime
from vae_core.data.digits import Digits
from vae_core.training import compile_choice, weighted_draws
from vae_core.training.batch import draw_batch
from vae_core.training.objectives import Batch
from vae_core.training.run import TrainingRun, fit
from vae_core.training.step import batch_loss

CONFIG = Config(
    name="t",
    latent_dim=3,
    objective="iwae",
    samples=24,
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
    with runtime.autocast(run.device, run.config.train.precision):
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
    assert counts.max() <= 1 / light + 1
    assert (counts.amax(0) - counts.amin(0) <= 1).all()


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
@pytest.mark.parametrize("is_padded", [False, True])
@pytest.mark.parametrize("case", CASES)
def test_it_is_autograds_where_every_draw_is_passed_back(
    case: str, is_padded: bool, precision: Literal["fp32", "bf16"], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(weighted_draws, "LIGHT", 1e-37)
    monkeypatch.setattr(weighted_draws, "AT_A_TIME", 16)  # the last part is not whole
    config = CASES[case]
    train = dataclasses.replace(config.train, precision=precision)
    run, batch = begun(dataclasses.replace(config, train=train))
    expected, means = of_all(run, batch)
    gradients = weighted_draws.Gradients(run, compiles=False)
    gradients.compiles = is_padded  # as one graph would need it
    found = gradients(batch)
    close = 1e-4 if precision == "fp32" else 0.02  # of bf16, whose sums here are of parts
    torch.testing.assert_close(found, means, rtol=close, atol=0)
    assert (left(run) - expected).norm() <= close * expected.norm()


def test_its_mean_over_the_lots_is_autograds(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(weighted_draws, "LIGHT", 0.4)  # so that much of the weight is in lots
    run, batch = begun(CONFIG)
    expected, _ = of_all(run, batch)
    gradients, found = weighted_draws.Gradients(run, compiles=False), torch.zeros_like(expected)
    parts = 64
    for part in range(parts):
        offset = torch.full((9,), (part + 0.5) / parts)
        gradients(dataclasses.replace(batch, offset=offset))
        found += left(run) / parts
    encoder = sum(weight.numel() for weight in run.model.encoder.parameters())
    for net in (slice(encoder), slice(encoder, None)):
        assert (found - expected)[net].norm() <= 0.005 * expected[net].norm()


def test_what_is_no_number_is_said():
    run, batch = begun(CONFIG)
    batch.eps[:, 4] = torch.nan
    means = weighted_draws.Gradients(run, compiles=False)(batch)
    assert means.isnan().all()
    assert left(run).isnan().any()
    weights = torch.tensor([[0.9, torch.nan], [0.1, torch.nan]])
    shares = weighted_draws.passed_back(weights, torch.zeros(2))
    assert shares[:, 1].isnan().all()
    assert not shares[:, 0].isnan().any()


@pytest.mark.long
def test_a_compiled_step_passes_back_the_same():
    run, batch = begun(CONFIG)
    plain, compiled = (weighted_draws.Gradients(run, compiles=c) for c in (False, True))
    for part in range(3):  # other draws, of another count
        batch = dataclasses.replace(batch, offset=torch.full((9,), part / 3))
        expected, gradient = plain(batch), left(run)
        torch.testing.assert_close(compiled(batch), expected)
        assert (left(run) - gradient).norm() <= 1e-4 * gradient.norm()


def test_most_draws_of_weights_as_a_trained_model_gives_are_left_out():
    weights = torch.softmax(9 * torch.randn(32, 200, generator=torch.Generator().manual_seed(3)), 0)
    shares = weighted_draws.passed_back(weights, torch.full((200,), 0.3))
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


def test_few_draws_and_double_precision_are_too():
    few = dataclasses.replace(CONFIG, samples=23)
    assert not weighted_draws.is_supported(TrainingRun(few))
    assert begun(few)[1].offset is None
    run = TrainingRun(CONFIG)
    assert weighted_draws.is_supported(run)
    run.model.double()
    assert not weighted_draws.is_supported(run)


def test_a_step_that_would_pass_all_draws_back_is_no_single_graph(monkeypatch: pytest.MonkeyPatch):
    config = dataclasses.replace(
        CONFIG, train=dataclasses.replace(CONFIG.train, fused=True, compile=False)
    )
    monkeypatch.setattr(
        compile_choice, "plain_seconds", lambda *_: pytest.fail("it measured the choice")
    )
    run = TrainingRun(config)
    next(fit(run, digits(), every=1))
    assert run.compiles is False
