import torch
from torch.nn import functional as F

from vae_core import Bernoulli


def test_log_prob_of_binary_pixels_equals_torch_distributions():
    logits = 3 * torch.randn(4, 1, 28, 28)
    x = (torch.rand(4, 1, 28, 28) < 0.5).float()
    wanted = torch.distributions.Bernoulli(logits=logits).log_prob(x).sum((1, 2, 3))
    torch.testing.assert_close(Bernoulli(logits).log_prob(x), wanted)


def test_log_prob_of_grey_pixels_is_the_negative_cross_entropy():
    logits, x = torch.randn(4, 1, 28, 28), torch.rand(4, 1, 28, 28)
    wanted = -F.binary_cross_entropy_with_logits(logits, x, reduction="none").sum((1, 2, 3))
    torch.testing.assert_close(Bernoulli(logits).log_prob(x), wanted)


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
