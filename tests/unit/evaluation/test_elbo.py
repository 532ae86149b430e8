import functools

import pytest
import torch

from vae_core import VAE, evaluation, recipes
from vae_core.data.digits import Digits
from vae_core.runtime import generator
from vae_core.training.objectives import elbo_terms


@pytest.fixture
def digits() -> Digits:
    images = torch.randint(0, 256, (700, 1, 28, 28), generator=torch.Generator().manual_seed(0))
    return Digits(images.to(torch.uint8), torch.arange(700) % 10, torch.arange(700))


def test_the_rate_is_the_sum_of_its_dimensions(model: VAE, digits: Digits):
    result = evaluation.elbo(model, digits)
    assert result.kl_per_dim is not None
    assert sum(result.kl_per_dim) == pytest.approx(result.rate, rel=1e-5)


def test_the_terms_are_means_over_all_digits(model: VAE, digits: Digits):
    result = evaluation.elbo(model, digits)
    x = digits.floats()
    noise = generator("cpu", 0, 3)  # the stream of `elbo`, in its batches of 500
    eps = torch.cat([torch.randn(500, 3, generator=noise), torch.randn(200, 3, generator=noise)])
    terms = elbo_terms(model, x, eps)
    assert result.rate == pytest.approx(float(terms.rate.mean()), rel=1e-5)
    assert result.distortion == pytest.approx(float(terms.distortion.mean()), rel=1e-5)
    mse = float(((model.reconstruct(x) - x) ** 2).mean())
    assert result.mse == pytest.approx(mse, rel=1e-5)


def test_the_error_over_digits_is_that_of_the_cost_of_each(model: VAE, digits: Digits):
    result = evaluation.elbo(model, digits)
    noise = generator("cpu", 0, 3)
    eps = torch.cat([torch.randn(500, 3, generator=noise), torch.randn(200, 3, generator=noise)])
    terms = elbo_terms(model, digits.floats(), eps)
    costs = (terms.rate + terms.distortion).double()
    assert result.sem == pytest.approx(float(costs.std()) / 700**0.5, rel=1e-5)
    assert evaluation.standard_error(costs[:1]) is None


@pytest.mark.parametrize(
    ("name", "bounded"),
    [
        ("vae-conditional", "log p(x|y)"),
        ("vae-conv", "log p(x)"),
        ("vae-logistic", "log p(x)"),
        ("vae-400", None),
        ("ae", None),
    ],
)
def test_what_the_elbo_bounds_is_told(name: str, bounded: str | None):
    assert evaluation.bounds(recipes.get(name)) == bounded


def test_a_seed_repeats_its_figures(model: VAE, digits: Digits):
    assert evaluation.elbo(model, digits, seed=1) == evaluation.elbo(model, digits, seed=1)
    assert evaluation.elbo(model, digits, seed=1) != evaluation.elbo(model, digits, seed=2)


def test_active_units_are_counted_by_the_variance_of_the_mean():
    assert evaluation.active_units([0.5, 0.011, 0.01, 0.0]) == 2


def test_the_errors_of_separable_codes_are_zero_and_of_noise_chance():
    noise = torch.Generator().manual_seed(0)
    labels = torch.arange(2000) % 10
    clear = torch.nn.functional.one_hot(labels, 10) + 0.01 * torch.randn(2000, 10, generator=noise)
    blind = torch.randn(2000, 10, generator=noise)
    sparse = functools.partial(evaluation.probe_error, sparse=True)
    for judge in (evaluation.knn_error, evaluation.probe_error, sparse):
        assert judge(clear[:1000], labels[:1000], clear[1000:], labels[1000:]) == 0
        assert judge(blind[:1000], labels[:1000], blind[1000:], labels[1000:]) > 0.8
