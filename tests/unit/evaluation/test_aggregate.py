"""The rate in two parts, against Gaussians whose divergence is known in closed form."""

from __future__ import annotations

import pytest
import torch

from vae_core import VAE, Config, NetConfig
from vae_core.data.digits import Digits
from vae_core.evaluation.aggregate import aggregate_log_prob, split_rate
from vae_core.probability.latents import DiagonalGaussian


class Placed(VAE):
    """A model whose posteriors stand where the first two pixels of a digit say."""

    def encode(self, x: torch.Tensor, y: torch.Tensor | None = None) -> DiagonalGaussian:
        place = (x.flatten(1)[:, :2] - 0.5) * 20
        return DiagonalGaussian(place, torch.full_like(place, -2.0))


def digits(images: torch.Tensor) -> Digits:
    count = len(images)
    return Digits(images, torch.zeros(count, dtype=torch.uint8), torch.arange(count))


def model() -> Placed:
    torch.manual_seed(0)
    return Placed(Config(name="placed", latent_dim=2, net=NetConfig(hidden_dims=(4,)))).eval()


def test_the_mixture_is_that_of_torch():
    generator = torch.Generator().manual_seed(0)
    mean, logvar, z = (torch.randn(n, 3, generator=generator).double() for n in (5, 5, 7))
    parts = torch.distributions.Independent(torch.distributions.Normal(mean, (logvar / 2).exp()), 1)
    whole = torch.distributions.MixtureSameFamily(
        torch.distributions.Categorical(torch.ones(5)), parts
    )
    torch.testing.assert_close(aggregate_log_prob(z, mean, logvar), whole.log_prob(z))


def test_equal_posteriors_tell_nothing_and_the_gap_is_the_rate():
    images = torch.full((50, 1, 28, 28), 128, dtype=torch.uint8)
    found = split_rate(model(), digits(images), draws=50)
    assert found.information == pytest.approx(0, abs=1e-6)
    assert found.gap == pytest.approx(found.rate)
    # KL(N(m, e^-2) || N(0, 1)) in two dimensions, up to the draws' own noise.
    m = (128 / 255 - 0.5) * 20
    exact = 2 * 0.5 * (m**2 + torch.tensor(-2.0).exp().item() + 2 - 1)
    assert found.rate == pytest.approx(exact, abs=4 * found.gap_sem)


def test_far_posteriors_tell_which_digit_it_was():
    images = torch.zeros(4, 1, 28, 28, dtype=torch.uint8)
    images[1, 0, 0, 0] = images[2, 0, 0, 1] = 255
    images[3, 0, 0, :2] = 255
    found = split_rate(model(), digits(images), draws=4)
    assert found.information == pytest.approx(torch.tensor(4.0).log().item(), abs=1e-6)
    assert found.gap == pytest.approx(found.rate - found.information)
