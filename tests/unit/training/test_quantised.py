import dataclasses

import pytest
import torch
from small_models import random_digits, trained

from vae_core import checkpoint, recipes
from vae_core.config import CodeConfig, Config, NetConfig
from vae_core.evaluation.elbo import bounds, elbo
from vae_core.models import QuantisedAutoencoder, build
from vae_core.training.objectives import quantised_terms
from vae_core.training.run import TrainingRun


def small() -> Config:
    given = recipes.get("vq-vae")
    train = dataclasses.replace(given.train, epochs=1, batch_size=15, compile=False)
    net = NetConfig(kind="grid", hidden_dims=(8, 8, 8))
    code = CodeConfig(codebook=6, commitment=0.5)
    return dataclasses.replace(given, latent_dim=32, net=net, code=code, train=train)


@pytest.fixture
def model() -> QuantisedAutoencoder:
    torch.manual_seed(0)
    built = build(small())
    assert isinstance(built, QuantisedAutoencoder)
    return built


def test_the_terms_are_those_of_the_paper(model: QuantisedAutoencoder):
    x = (torch.rand(4, 1, 28, 28) < 0.3).float()
    found = quantised_terms(model, x, x)
    z = model.encode(x).mean
    e = model.codebook.at(model.codebook.nearest(z))
    torch.testing.assert_close(found.distortion, -model.decode(e).log_prob(x))
    torch.testing.assert_close(found.rate, -model.log_prior(z))
    squared = (z - e).square().sum(-1)
    torch.testing.assert_close(found.loss, found.distortion + found.rate + 1.5 * squared)


def test_each_part_learns_from_its_own_term(model: QuantisedAutoencoder):
    x = (torch.rand(4, 1, 28, 28) < 0.3).float()
    weight = model.encoder.head[1].weight  # type: ignore[index, union-attr]
    terms = quantised_terms(model, x, x)
    given = torch.autograd.grad(
        terms.rate.sum(), [weight, model.codebook.vectors], retain_graph=True, allow_unused=True
    )
    assert given == (None, None)
    terms.loss.sum().backward()
    assert all(p.grad is not None for p in model.parameters())


def test_a_run_gives_a_model_whose_costs_bound_the_evidence(tmp_path):
    run = TrainingRun(small())
    trained(run, random_digits(45), steps=2)
    made, digits = run.result(), random_digits(20)
    found = elbo(made, digits)
    assert bounds(made.config) == "log p(x)"
    assert found.rate is not None
    assert found.elbo == -(found.distortion + found.rate)
    checkpoint.save(made, tmp_path)
    again = checkpoint.load(tmp_path)
    assert elbo(again, digits).elbo == found.elbo


def test_draws_are_codes_of_entries(model: QuantisedAutoencoder):
    model.eval()
    codes = model.codebook.at(torch.randint(6, (300, 16))) + 0.1 * torch.randn(300, 32)
    model.codebook.fit(codes)
    with torch.no_grad():
        x, u = model.sample(5, generator=torch.Generator().manual_seed(0))
    z = model.from_sliders(u)
    assert x.shape == (5, 1, 28, 28)
    torch.testing.assert_close(z, model.codebook.quantised(z), atol=1e-3, rtol=1e-3)
    torch.testing.assert_close(model.decode(z).mean, x)
