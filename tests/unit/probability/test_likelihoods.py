import math
import re

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from vae_core import Bernoulli
from vae_core.probability import likelihoods
from vae_core.probability.likelihoods.continuous import Gaussian, Laplace, SquaredError
from vae_core.probability.likelihoods.discretized_logistic import DiscretizedLogistic, LogisticHead
from vae_core.probability.likelihoods.pixelwise import PixelWise


def test_log_prob_of_binary_pixels_equals_torch_distributions():
    logits = 3 * torch.randn(4, 1, 28, 28)
    x = (torch.rand(4, 1, 28, 28) < 0.5).float()
    expected = torch.distributions.Bernoulli(logits=logits).log_prob(x).sum((1, 2, 3))
    torch.testing.assert_close(Bernoulli(logits).log_prob(x), expected)


def test_log_prob_of_grey_pixels_is_the_negative_cross_entropy():
    logits, x = torch.randn(4, 1, 28, 28), torch.rand(4, 1, 28, 28)
    expected = -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum((1, 2, 3))
    torch.testing.assert_close(Bernoulli(logits).log_prob(x), expected)


def test_extreme_logits_stay_exact():
    logits = torch.tensor([-500.0, 500.0]).repeat(392).view(1, 1, 28, 28)
    assert Bernoulli(logits).log_prob((logits > 0).float()) == 0
    assert Bernoulli(logits).log_prob((logits < 0).float()) == -500 * 784


def test_one_picture_is_scored_under_many_decodes():
    logits, x = torch.randn(5, 1, 28, 28), torch.rand(1, 1, 28, 28)
    each = torch.stack([Bernoulli(one[None]).log_prob(x)[0] for one in logits])
    torch.testing.assert_close(Bernoulli(logits).log_prob(x), each)


def test_samples_are_binary_and_have_the_mean():
    p = Bernoulli(torch.full((2000, 1, 28, 28), 1.0))
    drawn = p.sample(torch.Generator().manual_seed(0))
    assert set(drawn.unique().tolist()) == {0.0, 1.0}
    assert abs(drawn.mean() - torch.sigmoid(torch.tensor(1.0))) < 0.002


def test_the_gradient_of_log_prob_is_that_of_autograd():
    logits = torch.randn(2, 3, 1, 28, 28, dtype=torch.double, requires_grad=True)
    x = torch.rand(3, 1, 28, 28, dtype=torch.double, requires_grad=True)
    Bernoulli(logits).log_prob(x).square().sum().backward()
    mine, mine_x = logits.grad, x.grad
    logits.grad = x.grad = None
    written_out = (x * logits - F.softplus(logits)).sum((-3, -2, -1))
    written_out.square().sum().backward()
    torch.testing.assert_close(mine, logits.grad)
    torch.testing.assert_close(mine_x, x.grad)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(Gaussian, torch.distributions.Normal), (Laplace, torch.distributions.Laplace)],
)
def test_continuous_likelihoods_equal_torch_distributions(ours, theirs):
    mean, scale = torch.rand(4, 1, 28, 28), torch.tensor(0.3)
    x = torch.rand(4, 1, 28, 28)
    expected = theirs(mean, scale).log_prob(x).sum((1, 2, 3))
    torch.testing.assert_close(ours(mean, scale).log_prob(x), expected)


@pytest.mark.parametrize("kind", [Gaussian, Laplace])
def test_continuous_samples_have_the_mean_and_the_spread(kind):
    p = kind(torch.full((300, 1, 28, 28), 0.4), torch.tensor(0.2))
    drawn = p.sample(torch.Generator().manual_seed(0))
    spread = 0.2 if kind is Gaussian else 0.2 * 2**0.5
    assert abs(drawn.mean() - 0.4) < 0.002
    assert abs(drawn.std() - spread) < 0.002


def test_squared_error_is_half_the_squared_distance():
    mean, x = torch.rand(4, 1, 28, 28), torch.rand(4, 1, 28, 28)
    expected = -0.5 * F.mse_loss(mean, x, reduction="none").sum((1, 2, 3))
    torch.testing.assert_close(SquaredError(mean).log_prob(x), expected)


LEVELS = torch.arange(256).double() / 255


@pytest.mark.parametrize("log_scale", [-7.0, -4.0, -1.0, 2.0])
@pytest.mark.parametrize("location", [0.0, 0.3, 0.5017, 1.0])
def test_the_bins_of_the_discretized_logistic_sum_to_one(location: float, log_scale: float):
    p = DiscretizedLogistic(
        torch.full((256,), location).double(), torch.full((256,), log_scale).double()
    )
    assert abs(float(p.log_mass(LEVELS).exp().sum()) - 1) < 1e-6


def test_a_bin_holds_what_the_distribution_function_says():
    location, log_scale = torch.rand(256).double(), torch.rand(256).double() - 3
    base = torch.distributions.TransformedDistribution(
        torch.distributions.Uniform(torch.tensor(0.0).double(), torch.tensor(1.0).double()),
        [
            torch.distributions.SigmoidTransform().inv,
            torch.distributions.AffineTransform(location, log_scale.exp()),
        ],
        validate_args=False,
    )
    expected = base.cdf(LEVELS + 0.5 / 255) - base.cdf(LEVELS - 0.5 / 255)
    mass = DiscretizedLogistic(location, log_scale).log_mass(LEVELS).exp()
    torch.testing.assert_close(mass[1:-1], expected[1:-1])


def test_the_decoder_can_be_sure_of_black_whatever_the_width():
    """A location that stops at 0 leaves half of a wide pixel's mass to the greys."""
    out = torch.zeros(1, 2, 28, 28)
    out[:, 0] = -8.0
    black = LogisticHead()(out).log_mass(torch.zeros(1, 1, 28, 28))
    assert black.max() > -1e-6


def test_logistic_samples_follow_the_masses():
    p = DiscretizedLogistic(torch.full((200_000,), 0.99), torch.full((200_000,), -4.0))
    drawn = (p.sample(torch.Generator().manual_seed(0)) * 255).round().long()
    one = DiscretizedLogistic(torch.full((256,), 0.99), torch.full((256,), -4.0))
    expected = one.log_mass(LEVELS.float()).exp()
    frequency = torch.bincount(drawn, minlength=256) / len(drawn)
    assert (frequency - expected).abs().max() < 0.004


def test_the_learned_width_is_the_only_weight_of_a_head():
    from vae_core import recipes

    heads = {
        name: likelihoods.build(config.likelihood, scale=config.scale, link=config.link)
        for name in ("vae-gaussian", "vae-gaussian-learned")
        for config in [recipes.get(name)]
    }
    assert [len(head.state_dict()) for head in heads.values() if isinstance(head, nn.Module)] == [
        0,
        1,
    ]
    p = heads["vae-gaussian"](torch.zeros(1, 1, 28, 28))
    assert isinstance(p, Gaussian)
    assert float(p.scale) == pytest.approx(0.15)
    assert float(p.mean[0, 0, 0, 0]) == 0.5


@pytest.mark.parametrize("name", sorted(likelihoods.LIKELIHOODS))
def test_the_formula_of_a_pixel_is_what_is_computed(name):
    """Each likelihood's own words for -log p, worked out pixel by pixel."""
    head = likelihoods.build(name, scale=0.3, link="sigmoid")
    p = head(0.3 * torch.randn(2, head.channels, 28, 28, dtype=torch.float32))
    assert isinstance(p, PixelWise)
    x = (255 * torch.rand(2, 1, 28, 28)).round() / 255
    x[0, 0, :5], x[0, 0, 5:9] = 0, 1
    if likelihoods.get(name).binary == "required":
        x = x.round()
    if not p.formula:
        pytest.skip("its -log p cannot be said in a line")
    given = {key: value.double() for key, value in p.parameters(x).items()}
    known = {"log": torch.log, "exp": torch.exp, "sigma": torch.sigmoid, "abs": torch.abs}
    constants = {"pi": torch.tensor(math.pi)}
    python = re.sub(r"log\((\d)", r"log(0 * x + \1", p.formula.replace("^", "**"))
    shares = eval(python, {}, {**known, **constants, **given, "x": x.double()})
    torch.testing.assert_close(shares.float(), -p.log_probs(x), rtol=1e-3, atol=1e-3)
    torch.testing.assert_close(p.log_probs(x).sum((1, 2, 3)), p.log_prob(x))
