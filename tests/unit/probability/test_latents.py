import torch
from torch.distributions import Independent, Normal, kl_divergence

from vae_core import DiagonalGaussian, StandardNormal


def gaussian(seed: int = 0) -> DiagonalGaussian:
    noise = torch.Generator().manual_seed(seed)
    return DiagonalGaussian(torch.randn(4, 3, generator=noise), torch.randn(4, 3, generator=noise))


def oracle(q: DiagonalGaussian) -> Normal:
    return Normal(q.mean, torch.exp(0.5 * q.logvar))


def test_log_prob_equals_torch_distributions():
    q = gaussian()
    z = torch.randn(5, 4, 3)
    torch.testing.assert_close(q.log_prob(z), Independent(oracle(q), 1).log_prob(z))


def test_kl_equals_torch_distributions():
    q = gaussian()
    torch.testing.assert_close(q.kl(), kl_divergence(oracle(q), Normal(0.0, 1.0)))


def test_kl_equals_its_monte_carlo_estimate():
    q = gaussian()
    z = q.at(torch.randn(200_000, 4, 3, generator=torch.Generator().manual_seed(1)))
    estimate = (q.log_prob(z) - StandardNormal(3).log_prob(z)).mean(0)
    torch.testing.assert_close(q.kl().sum(-1), estimate, atol=0.02, rtol=0.01)


def test_a_draw_has_the_mean_and_the_variance_asked_for():
    q = DiagonalGaussian(torch.full((100_000, 1), 2.0), torch.full((100_000, 1), -1.0))
    z = q.sample(torch.Generator().manual_seed(0))
    assert abs(z.mean() - 2) < 0.01
    assert abs(z.var() - torch.exp(torch.tensor(-1.0))) < 0.01


def test_gradients_pass_the_draw():
    mean = torch.zeros(1, 2, requires_grad=True)
    logvar = torch.zeros(1, 2, requires_grad=True)
    eps = torch.tensor([[1.0, -2.0]])
    DiagonalGaussian(mean, logvar).at(eps).sum().backward()
    torch.testing.assert_close(mean.grad, torch.ones(1, 2))
    torch.testing.assert_close(logvar.grad, 0.5 * eps)


def test_the_sliders_of_a_normal_prior_are_the_latents():
    prior, z = StandardNormal(3), torch.randn(2, 3)
    assert torch.equal(prior.from_sliders(prior.to_sliders(z)), z)
