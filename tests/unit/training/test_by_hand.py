"""Gradients written out, against autograd's: the same to the last bit."""

from __future__ import annotations

import dataclasses

import pytest
import torch

from vae_core import recipes, runtime
from vae_core.config import Config
from vae_core.data.digits import Digits
from vae_core.training import by_hand
from vae_core.training.batch import draw_batch
from vae_core.training.run import TrainingRun, fit
from vae_core.training.step import batch_loss


def dense(**changes: object) -> Config:
    """`vae-400` with other settings, those of `train` by their names too."""
    config = recipes.get("vae-400")
    known = {f.name for f in dataclasses.fields(config.train)}
    train = {k: v for k, v in changes.items() if k in known}
    rest = {k: v for k, v in changes.items() if k not in known}
    config = dataclasses.replace(config, train=dataclasses.replace(config.train, **train), **rest)
    assert by_hand.is_supported(TrainingRun(config))
    return config


@pytest.fixture(scope="module")
def digits() -> Digits:
    """300 pictures of smooth noise, as dark at the edges as digits are."""
    generator = torch.Generator().manual_seed(4)
    noise = torch.rand(300, 1, 7, 7, generator=generator)
    images = torch.nn.functional.interpolate(noise**4, (28, 28), mode="bilinear")
    zeros = torch.zeros(300, dtype=torch.int64)
    return Digits((images * 255).to(torch.uint8), zeros, torch.arange(300))


CASES = {
    "bf16": dense(),
    "fp32": dense(precision="fp32"),
    "binary": dense(binarisation="dynamic"),
    "beta": dense(beta=recipes.get("beta-vae").train.beta),
    "deep": dense(net=recipes.get("vae-128-64").net, latent_dim=3),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("count", [128, 7])
def test_each_gradient_is_autograds(digits: Digits, case: str, count: int):
    run = TrainingRun(CASES[case])
    run.beta.fill_(0.7)
    gradients = by_hand.Gradients(run)
    for start in (0, count):  # the second call finds the places of the first
        rows = digits.at(torch.arange(start, start + count) % len(digits))
        batch = draw_batch(run, rows.images, rows.labels)
        means = gradients(batch)
        mine = [weight.grad.clone() for weight in run.optimizer.weights if weight.grad is not None]
        run.optimizer.forget_gradients()
        with runtime.autocast(run.device, run.config.train.precision):
            value, expected = batch_loss(run.model, batch, run.beta)
        value.backward()
        theirs = [weight.grad for weight in run.optimizer.weights]
        assert len(mine) == len(theirs)
        for by_us, by_them in zip(mine, theirs, strict=True):
            assert by_them is not None
            torch.testing.assert_close(by_us, by_them, rtol=0, atol=0)
        torch.testing.assert_close(means, expected)
        gradients = by_hand.Gradients(run)


def test_a_run_is_the_same_with_and_without(digits: Digits, monkeypatch: pytest.MonkeyPatch):
    config = dense(epochs=2, batch_size=30, fused=False, clip_norm=5.0, ema=0.9)
    found: list[dict[str, torch.Tensor]] = []
    for supported in (True, False):
        run = TrainingRun(config)
        with monkeypatch.context() as patch:
            if not supported:
                patch.setattr(by_hand, "is_supported", lambda _: False)
            records = list(fit(run, digits))
        assert records[-1].loss < records[0].loss
        found.append(run.model.state_dict())
    for name, tensor in found[0].items():
        assert torch.equal(tensor, found[1][name]), name


@pytest.mark.parametrize(
    "name",
    [
        "vae-conv",
        "vae-freebits",
        "vae-conditional",
        "vae-gaussian",
        "vae-flow",
        "ae",
        "iwae-5",
        "vae-tc",
    ],
)
def test_another_loss_is_left_to_autograd(name: str):
    assert not by_hand.is_supported(TrainingRun(recipes.get(name)))


def test_double_precision_is_too():
    run = TrainingRun(recipes.get("vae-400"))
    run.model.double()
    assert not by_hand.is_supported(run)
