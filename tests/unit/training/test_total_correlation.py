import dataclasses

import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from vae_core import VAE, DiagonalGaussian
from vae_core.training.objectives import elbo_terms
from vae_core.training.total_correlation import total_correlation


def test_it_is_what_a_mixture_says_of_itself_beyond_its_margins():
    torch.manual_seed(0)
    q = DiagonalGaussian(torch.randn(6, 3), torch.randn(6, 3))
    z, std = q.sample(), torch.exp(0.5 * q.logvar)
    weights = Categorical(torch.ones(6))
    joint = MixtureSameFamily(weights, Independent(Normal(q.mean, std), 1)).log_prob(z)
    margins = [
        MixtureSameFamily(weights, Normal(q.mean[:, i], std[:, i])).log_prob(z[:, i])
        for i in range(3)
    ]
    torch.testing.assert_close(total_correlation(q, z), joint - sum(margins))


def test_one_latent_has_none_and_copies_have_all():
    q = DiagonalGaussian(torch.randn(500, 1), torch.full((500, 1), -9.0))
    z = q.sample()
    torch.testing.assert_close(total_correlation(q, z), torch.zeros(500), atol=1e-4, rtol=0)
    twice = DiagonalGaussian(q.mean.repeat(1, 2), q.logvar.repeat(1, 2))
    assert total_correlation(twice, q.mean.repeat(1, 2)).mean() > 2


def test_its_weight_adds_to_the_rate(model: VAE):
    x, eps = torch.rand(5, 1, 28, 28), torch.randn(5, 3)
    heavy = VAE(dataclasses.replace(model.config, total_correlation=6.0))
    heavy.load_state_dict(model.state_dict())
    plain, found = elbo_terms(model, x, eps), elbo_terms(heavy, x, eps)
    q = model.encode(x)
    expected = plain.loss + 5 * total_correlation(q, q.at(eps))
    torch.testing.assert_close(found.loss, expected)
    torch.testing.assert_close(found.rate, plain.rate)
