import itertools

import pytest
import torch
from torch import Tensor

from vae_core import recipes
from vae_core.models import VAE
from vae_core.probability.likelihoods.bernoulli import Bernoulli
from vae_core.probability.likelihoods.pixelcnn import AT_ONCE, Autoregressive, PixelCNN
from vae_core.training.objectives import elbo_terms


@pytest.fixture
def net() -> PixelCNN:
    """Two layers that see two rows and pixels far, then one more."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        net = PixelCNN(layers=2, reach=2).requires_grad_(False)
    for weights in net.parameters():
        weights *= 2.5  # Fresh weights are small: the pixels would hardly depend on each other.
    return net


REACH = 3


def features(*leading: int, size: int, seed: int = 0) -> Tensor:
    shape = (*leading, PixelCNN.channels, size, size)
    return torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def binary(*leading: int, size: int, seed: int = 1) -> Tensor:
    noise = torch.Generator().manual_seed(seed)
    return (torch.rand(*leading, 1, size, size, generator=noise) < 0.5).float()


def every_picture(size: int) -> Tensor:
    """All 2^(size * size) binary pictures, (n, 1, size, size)."""
    pixels = torch.tensor(list(itertools.product((0.0, 1.0), repeat=size * size)))
    return pixels.view(-1, 1, size, size)


def influence(net: PixelCNN, size: int) -> Tensor:
    """|d logit at (i, j) / d pixel at (k, l)| as (size, size, size, size)."""
    context = features(1, size=size)

    def logits(x: Tensor) -> Tensor:
        return net.logits(x[None, None], context)[0, 0]

    jacobian = torch.autograd.functional.jacobian(logits, binary(size=size)[0])
    assert isinstance(jacobian, Tensor)
    return jacobian.abs()


def comes_before(size: int) -> Tensor:
    """Whether pixel (k, l) precedes (i, j) in reading order, at [i, j, k, l]."""
    order = torch.arange(size * size).view(size, size)
    return order[None, None] < order[:, :, None, None]


def test_no_pixel_is_told_of_itself_or_of_a_later_one(net: PixelCNN):
    assert (influence(net, 9)[~comes_before(9)] == 0).all()


def test_no_earlier_pixel_within_reach_is_out_of_sight(net: PixelCNN):
    rows, columns = torch.arange(9)[:, None], torch.arange(9)[None]
    up = rows[:, :, None, None] - rows
    aside = (columns[:, :, None, None] - columns).abs()
    near = (up <= REACH) & (aside <= REACH)
    assert ((influence(net, 9) > 0) == (comes_before(9) & near)).all()


def test_every_layer_is_told_z(net: PixelCNN):
    context = features(1, size=5)
    for inputs, layer in zip((1, net.channels), net.layers, strict=True):
        seen = torch.ones(1, inputs, 5, 5)
        both = [layer(seen, seen, torch.zeros(1), f) for f in (context, 2 * context)]
        assert all((a != b).all() for a, b in zip(*both, strict=True))


def test_the_probabilities_of_all_pictures_sum_to_one(net: PixelCNN):
    for seed in range(3):
        p = net(3 * features(1, size=3, seed=seed))
        total = p.log_prob(every_picture(3)).double().exp().sum()
        assert float(total) == pytest.approx(1, abs=1e-5)


def test_pictures_are_drawn_as_often_as_log_prob_says(net: PixelCNN):
    n, context = 20_000, features(1, size=2)
    drawn = net(context.expand(n, -1, -1, -1)).sample(torch.Generator().manual_seed(0))
    expected = net(context).log_prob(every_picture(2)).exp()
    codes = (drawn.flatten(1) @ torch.tensor([8.0, 4.0, 2.0, 1.0])).long()
    found = torch.bincount(codes, minlength=16) / n
    sigma = (expected * (1 - expected) / n).sqrt()
    assert ((found - expected).abs() < 4.5 * sigma).all()
    # The pixels depend on each other: their product would be far away.
    white = drawn.mean(0, keepdim=True)
    alone = Bernoulli(torch.logit(white)).log_prob(every_picture(2)).exp()
    assert ((found - alone).abs() > 4.5 * sigma).any()


def test_drawing_over_what_is_remembered_equals_the_whole_net(net: PixelCNN):
    context = features(4, size=9)
    *_, (x, met) = net.draw(context, torch.rand(4, 1, 9, 9))
    torch.testing.assert_close(met, torch.sigmoid(net.logits(x, context)))


def test_each_pixel_is_white_where_its_uniform_is_below_p(net: PixelCNN):
    uniforms = torch.rand(4, 1, 9, 9)
    *_, (x, met) = net.draw(features(4, size=9), uniforms)
    assert torch.equal(x, (uniforms < met).float())


def test_the_rows_of_a_sample_come_one_after_the_other(net: PixelCNN):
    p = net(features(2, size=5))
    rows = list(p.rows(torch.Generator().manual_seed(3)))
    whole = p.sample(torch.Generator().manual_seed(3))
    assert whole.sum() > 0
    for count, partial in enumerate(rows, 1):
        assert torch.equal(partial[..., :count, :], whole[..., :count, :])
        assert (partial[..., count:, :] == 0).all()


def test_the_mean_depends_on_the_features_alone(net: PixelCNN):
    context = features(AT_ONCE + 2, size=3)
    mean = net(context).mean
    assert mean.shape == (AT_ONCE + 2, 1, 3, 3)
    assert torch.equal(mean, net(context).mean)
    torch.testing.assert_close(net(context[-1:]).mean, mean[-1:])
    assert ((mean > 0) & (mean < 1)).all()


def test_the_first_pixel_of_the_mean_is_exact(net: PixelCNN):
    context = features(3, size=4)
    white = torch.sigmoid(net.logits(torch.zeros(3, 1, 4, 4), context))
    torch.testing.assert_close(net(context).mean[..., 0, 0], white[..., 0, 0])


@pytest.mark.parametrize(
    ("of_x", "of_features"), [((1,), (5,)), ((3,), (5, 3)), ((5, 3), (3,)), ((3,), (3,))]
)
def test_leading_dimensions_broadcast(
    net: PixelCNN, of_x: tuple[int, ...], of_features: tuple[int, ...]
):
    x, context = binary(*of_x, size=4), features(*of_features, size=4)
    leading = torch.broadcast_shapes(of_x, of_features)
    pictures, many = x.expand(*leading, -1, -1, -1), context.expand(*leading, -1, -1, -1)
    one_by_one = [
        net(many[place][None]).log_prob(pictures[place][None])[0]
        for place in itertools.product(*map(range, leading))
    ]
    found = net(context).log_prob(x)
    torch.testing.assert_close(found, torch.stack(one_by_one).view(leading))


def test_many_pictures_are_scored_in_parts(net: PixelCNN):
    x, context = binary(AT_ONCE + 2, size=3), features(AT_ONCE + 2, size=3)
    found = net(context).log_prob(x)
    torch.testing.assert_close(found[-3:], net(context[-3:]).log_prob(x[-3:]))


def test_the_recipe_decodes_z_into_pictures_pixel_by_pixel():
    torch.manual_seed(0)
    model = VAE(recipes.get("vae-pixelcnn"))
    p = model.decode(torch.randn(2, model.latent_dim))
    assert isinstance(p, Autoregressive)
    assert set(p.sample(torch.Generator().manual_seed(0)).unique().tolist()) == {0.0, 1.0}
    assert sum(weights.numel() for weights in model.parameters()) == 320_465


def test_free_bits_charge_for_latents_that_say_nothing():
    torch.manual_seed(0)
    model = VAE(recipes.get("vae-pixelcnn"))
    found = elbo_terms(model, binary(3, size=28), torch.randn(3, model.latent_dim))
    floor = model.config.free_bits * model.latent_dim
    assert (found.rate < floor).all()
    charged = (found.loss - found.distortion).mean().detach()
    assert float(charged) == pytest.approx(floor, rel=1e-4)
