import copy

import pytest
import torch
from torch.distributions import Categorical, Independent, MixtureSameFamily, Normal

from vae_core.config import Config, NetConfig
from vae_core.models import VAE
from vae_core.probability import protocols
from vae_core.probability.vamp import VampPrior
from vae_core.training.objectives import elbo_terms


@pytest.fixture
def model() -> VAE:
    torch.manual_seed(0)
    net = NetConfig(hidden_dims=(16,))
    built = VAE(Config(name="v", latent_dim=3, net=net, prior="vamp", pseudo_inputs=7))
    with torch.no_grad():  # components apart from one another
        built.encoder[1][-1].weight.mul_(20)  # type: ignore[index, union-attr]
    return built


def prior_of(model: VAE) -> VampPrior:
    assert isinstance(model.prior, VampPrior)
    return model.prior


def oracle(model: VAE) -> MixtureSameFamily:
    q = model.encode(prior_of(model).pseudo_inputs)
    parts = Independent(Normal(q.mean, torch.exp(0.5 * q.logvar)), 1)
    return MixtureSameFamily(Categorical(torch.ones(7)), parts)


@pytest.mark.parametrize("training", [True, False])
def test_its_density_is_the_mixture_of_the_pseudo_inputs_posteriors(model: VAE, training: bool):
    z = torch.randn(5, 4, 3)
    expected = oracle(model).log_prob(z)
    torch.testing.assert_close(model.train(training).log_prior(z), expected)


def test_evaluation_uses_the_weights_as_they_are_at_the_change(model: VAE):
    z = torch.randn(4, 3)
    before = model.eval().log_prior(z)
    trained = copy.deepcopy(model).train()
    with torch.no_grad():
        prior_of(trained).logits.add_(1.0)
        trained.encoder[1][-1].bias.add_(0.3)  # type: ignore[index, union-attr]
    assert not torch.allclose(trained.eval().log_prior(z), before)
    torch.testing.assert_close(trained.log_prior(z), oracle(trained).log_prob(z))
    torch.testing.assert_close(model.log_prior(z), before)  # a copy has its own encoder


def test_sliders_and_latents_are_one_to_one_and_sliders_are_white(model: VAE):
    model.eval()
    z = oracle(model).sample((40_000,))
    u = model.to_sliders(z)
    torch.testing.assert_close(model.from_sliders(u), z, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(torch.cov(u.T), torch.eye(3), atol=0.05, rtol=0)
    torch.testing.assert_close(u.mean(0), torch.zeros(3), atol=0.03, rtol=0)


def test_axes_turn_the_sliders_and_leave_the_density(model: VAE):
    prior, z = prior_of(model.eval()), torch.randn(6, 3)
    density, u = prior.log_prob(z), prior.to_sliders(z)
    axes = torch.linalg.qr(torch.randn(3, 3)).Q
    assert protocols.can_rotate(prior)
    prior.rotate(axes)
    torch.testing.assert_close(prior.to_sliders(z), u @ axes)
    torch.testing.assert_close(prior.from_sliders(u @ axes), z)
    torch.testing.assert_close(prior.log_prob(z), density)
    with pytest.raises(ValueError, match="orthonormal"):
        prior.rotate(2 * axes)


def test_draws_are_the_mixtures(model: VAE):
    model.eval()
    mixture = oracle(model)
    _, u = model.sample(20_000, generator=torch.Generator().manual_seed(1))
    z = model.from_sliders(u)
    torch.testing.assert_close(z.mean(0), mixture.mean, atol=0.05, rtol=0)
    entropy = -mixture.log_prob(mixture.sample((20_000,))).mean()
    torch.testing.assert_close(-model.log_prior(z).mean(), entropy, atol=0.05, rtol=0)


def test_at_temperature_0_draws_are_the_components_means(model: VAE):
    noise = torch.Generator().manual_seed(1)
    _, u = model.eval().sample(50, generator=noise, temperature=0.0)
    means, _ = prior_of(model).components()
    apart = model.from_sliders(u).unsqueeze(1) - means
    distances = apart.square().sum(-1).amin(1)
    assert distances.max() < 1e-2


def test_the_bound_teaches_the_pseudo_inputs(model: VAE):
    terms = elbo_terms(model, torch.rand(4, 1, 28, 28), torch.randn(4, 3))
    terms.loss.mean().backward()
    gradient = prior_of(model).logits.grad
    assert gradient is not None
    assert gradient.abs().sum() > 0


def test_pseudo_inputs_begin_as_digits_again_from_the_first_of_few(model: VAE):
    digits = (torch.rand(3, 1, 28, 28) < 0.3).float()
    prior_of(model).begin(digits)
    begun = prior_of(model).pseudo_inputs
    torch.testing.assert_close(begun[:3], digits.clamp(0.02, 0.98))
    torch.testing.assert_close(begun[3], begun[0])
