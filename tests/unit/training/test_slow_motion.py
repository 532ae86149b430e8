"""One step taken apart: what it says is what a step by hand does, and the model is left alone."""

from __future__ import annotations

import copy

import pytest
import torch

import vae_core
from vae_core.data.examples import examples
from vae_core.evaluation.forward_pass import noise_of, shown
from vae_core.probability.latents import DiagonalGaussian
from vae_core.training.objectives import Batch, terms
from vae_core.training.slow_motion import one_step

NAMES = (
    *("vae-400", "vae-flow", "vae-conditional", "vae-freebits", "vae-laplace", "beta-vae"),
    *("ae", "sae-kl", "cae", "ae-linear"),
)


def picture() -> torch.Tensor:
    return torch.from_numpy(examples()[0][3:4].copy()).float()[:, None] / 255


def given(name: str):
    model = vae_core.load(name)
    x, eps = shown(model, picture()), noise_of(model, picture(), 0)
    if model.config.objective == "iwae":
        generator = torch.Generator().manual_seed(0)
        eps = torch.randn(model.config.samples, 1, model.latent_dim, generator=generator)
    y = torch.tensor([examples()[1][3]]) if model.config.conditional else None
    return model, Batch(x, x, y, eps)


@pytest.mark.parametrize("name", NAMES)
def test_a_small_step_does_what_was_foretold(name: str) -> None:
    model, batch = given(name)
    before = {key: value.clone() for key, value in model.state_dict().items()}
    made = one_step(model, batch, share=1e-3)
    fall = made.after.loss - made.before.loss
    assert made.foretold == pytest.approx(-1e-3 * abs(made.before.loss), rel=1e-3)
    assert fall == pytest.approx(made.foretold, rel=0.2, abs=1e-4)
    assert all(torch.equal(before[key], value) for key, value in model.state_dict().items())
    assert all(weight.grad is None for weight in model.parameters())
    for layer in made.layers:  # plain descent: each weight moves against its gradient
        assert layer.change == pytest.approx(made.learning_rate * layer.gradient, rel=0.05)
    assert sum(layer.parameters for layer in made.layers) == sum(
        weight.numel() for weight in model.parameters()
    )


@pytest.mark.parametrize("name", ["vae-400", "beta-vae", "ae"])
@pytest.mark.parametrize("optimiser", ["sgd", "adam"])
def test_it_is_a_step_of_the_optimiser(name: str, optimiser) -> None:
    model, batch = given(name)
    made = one_step(model, batch, optimiser=optimiser, share=0.01)
    own = copy.deepcopy(model).requires_grad_(True)
    kind = torch.optim.SGD if optimiser == "sgd" else torch.optim.Adam
    descent = kind(own.parameters(), lr=made.learning_rate)
    beta = own.config.train.beta.final
    loss = terms(own, batch, beta).loss
    assert made.before.loss == pytest.approx(loss.item(), rel=1e-5)
    loss.sum().backward()
    descent.step()
    after = terms(own, batch, beta).loss
    assert made.after.loss == pytest.approx(after.item(), rel=1e-4)
    torch.testing.assert_close(
        made.picture, own.decode(own.encode(batch.x).at(batch.eps)).mean[0].detach()
    )


def test_gradients_at_pixels_and_code() -> None:
    """Of a Bernoulli with a normal prior they are known: sigma(l) - x, and m and v through z."""
    model, batch = given("vae-400")
    made, x, eps = one_step(model, batch), batch.x, batch.eps
    q = model.encode(x)
    assert isinstance(q, DiagonalGaussian)
    mean, logvar = (each.detach().requires_grad_(True) for each in (q.mean, q.logvar))
    p = model.decode(mean + torch.exp(logvar / 2) * eps)
    torch.testing.assert_close(made.out, (p.mean - x)[0].detach())
    kl = 0.5 * (mean**2 + torch.exp(logvar) - logvar - 1).sum()
    (kl - p.log_prob(x).sum()).backward()
    assert mean.grad is not None
    assert logvar.grad is not None
    torch.testing.assert_close(made.mean, mean.grad[0], rtol=1e-4, atol=1e-4)
    assert made.logvar is not None
    torch.testing.assert_close(made.logvar, logvar.grad[0], rtol=1e-4, atol=1e-4)
