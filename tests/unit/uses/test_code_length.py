"""Bits-back coding of a model whose codes can be enumerated, grey levels, noise of the bound."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.special import ndtr

from vae_core import VAE, Config, NetConfig
from vae_core.probability.likelihoods.discretized_logistic import DiscretizedLogistic
from vae_core.uses import bits_back, code_length
from vae_core.uses.ans import Stack
from vae_core.uses.bits_back import STEPS
from vae_core.uses.pixel_codes import GreyLevels, Logistic, Pixels

pytest.importorskip("constriction", reason="constriction is not installed")

Real = NDArray[np.float64]


def one_latent(likelihood: str) -> VAE:
    torch.manual_seed(3)
    net = NetConfig(hidden_dims=(8,))
    model = VAE(Config(name="one", latent_dim=1, net=net, likelihood=likelihood)).eval()
    last = list(model.decoder.parameters())[-1]
    # Wide logistics: no level is less likely than the coder can say.
    last.data[784:] += 1.5
    return model


def kinds_of_pictures(levels: bool) -> Pixels:
    """Four pictures (4, 784)."""
    rng = np.random.default_rng(1)
    if levels:
        return rng.integers(0, 256, (4, 784), dtype=np.uint8)
    return rng.random((4, 784)) < 0.3


def enumerated(model: VAE, pictures: Pixels) -> tuple[Real, Real]:
    """Mean and variance of the net bits of each picture (n,), over every code of the grid."""
    codes = np.arange(-6 * STEPS, 6 * STEPS + 1, dtype=np.float64)
    z = torch.from_numpy((codes / STEPS).astype(np.float32))[:, None]
    x = bits_back.pixels_of(model).inputs(pictures)
    with torch.inference_mode():
        q, p = model.encode(x), model.decode(z)
        pixels = np.stack([-p.log_prob(each).double().numpy() for each in x]) / math.log(2)
    std = (q.logvar / 2).exp().double().numpy()
    share = mass(codes, q.mean.double().numpy() * STEPS, std * STEPS)
    net = pixels - np.log2(mass(codes, 0, STEPS)) + np.log2(share)
    mean = (share * net).sum(1)
    return mean, (share * (net - mean[:, None]) ** 2).sum(1)


def mass(codes: Real, mean: Real | int, std: Real | int) -> Real:
    """Of a Gaussian on whole numbers, by its distribution function; no less than 1e-300."""
    high, low = (np.abs(codes - mean) + 0.5) / std, (np.abs(codes - mean) - 0.5) / std
    return np.maximum(ndtr(-low) - ndtr(-high), 1e-300)


@pytest.mark.parametrize("likelihood", ["bernoulli", "discretized-logistic"])
def test_the_net_length_is_minus_elbo_and_a_known_overhead(
    likelihood: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With fresh bits for each picture the mean is -ELBO by enumeration of all codes.

    Of the very codes that were written nothing is left to chance: a file takes what they cost, the
    words that chose the first code, two words at the most for whole words, and the coder's own
    rounding, less than a bit in a thousand.
    """
    model, count = one_latent(likelihood), 30
    kinds = kinds_of_pictures(likelihood != "bernoulli")
    mean, variance = enumerated(model, kinds)
    first, total = bits_back.first_words(model), 0.0
    rng = np.random.default_rng(0)
    for picture in np.tile(kinds, (count, 1)):
        fresh = rng.integers(0, 2**32, first.size, dtype=np.uint32)
        monkeypatch.setattr(bits_back, "first_words", lambda _, fresh=fresh: fresh)
        written = code_length.Written()
        words = bits_back.encode(model, picture[None], lambda *each: written.append(each))  # noqa: B023
        assert np.array_equal(bits_back.decode(model, words, 1), picture[None])
        cost = code_length.at_codes(model, written)
        assert -64 < 32 * (words.size - first.size) - cost < 64 + 1e-3 * cost
        total += cost
    spread = math.sqrt(count * variance.sum())
    assert abs(total - count * mean.sum()) < 4 * spread
    found = code_length.bound(model, np.tile(kinds, (count, 1)), draws=2)
    assert found.sem is not None
    assert found.luck == pytest.approx(spread / (4 * count), rel=0.2)
    assert abs(found.bits - mean.mean()) < 4 * found.sem


def test_the_bits_that_choose_a_code_are_those_of_the_code_before() -> None:
    """Pushed under the prior, z says how the next noise is drawn: noise is as normal as codes are.

    So where the codes of all pictures together do not follow the prior, a file strays from -ELBO.
    """
    model, found = one_latent("bernoulli"), list[tuple[float, float]]()

    def watch(batch: Pixels, z: torch.Tensor) -> None:
        q = model.encode(bits_back.pixels_of(model).inputs(batch))
        found.append((float(z), float((z - q.mean) / (q.logvar / 2).exp())))

    bits_back.encode(model, np.tile(kinds_of_pictures(False), (4, 1)), watch)
    codes, noise = np.array(found).T
    usual = np.abs(codes[:-1]) < 2.5  # farther out the coder's own share counts
    assert usual.sum() >= 2
    assert np.allclose(noise[1:][usual], codes[:-1][usual], atol=0.02)


def test_the_noise_of_the_bound_is_each_pictures_own() -> None:
    """Noise shared by a batch does not average out over its pictures."""
    model = one_latent("bernoulli")
    pictures = np.tile(kinds_of_pictures(False)[:1], (100, 1))
    found = [code_length.bound(model, pictures, draws=1, seed=seed).bits for seed in range(40)]
    luck = code_length.bound(model, pictures).luck
    assert luck is not None
    assert np.std(found) == pytest.approx(luck, rel=0.4)


def logistics(count: int) -> DiscretizedLogistic:
    noise = torch.Generator().manual_seed(0)
    location = torch.rand(count, 1, 28, 28, generator=noise) * 1.6 - 0.3
    return DiscretizedLogistic(location, torch.rand(count, 1, 28, 28, generator=noise) * 6 - 7)


def test_the_questions_about_a_level_have_its_probability() -> None:
    p = logistics(1)
    logistic = Logistic(p)
    levels = np.random.default_rng(0).integers(0, 256, 784, dtype=np.int32)
    cost = np.zeros(784)
    for bit in range(8):
        low = levels >> (bit + 1) << (bit + 1)
        upper = logistic.upper_half(low, 1 << bit)
        with np.errstate(divide="ignore"):
            cost -= np.log(np.where(levels >> bit & 1, upper, 1 - upper))
    expected = -p.log_probs(torch.from_numpy(levels / 255).float().view(1, 1, 28, 28))
    some = expected.flatten().numpy() < 10  # beyond, 1 - upper has no digits left
    assert some.sum() > 100
    assert np.allclose(cost[some], expected.flatten().numpy()[some], rtol=1e-3, atol=1e-4)


def test_grey_levels_come_back_and_take_their_entropy() -> None:
    p, code = logistics(20), GreyLevels()
    drawn = p.sample(torch.Generator().manual_seed(1))
    levels = code.taken(drawn, 0)
    assert torch.allclose(code.inputs(levels), drawn)
    stack = Stack(np.zeros(0, np.uint32))
    code.push(stack, levels, p)
    assert stack.bits == pytest.approx(-float(p.log_prob(drawn).sum()) / math.log(2), rel=1e-3)
    assert np.array_equal(code.pop(Stack(stack.words), p), levels)


def test_the_most_unlikely_level_can_be_written() -> None:
    """A probability of nought is no end: the coder keeps a share for everything."""
    far = DiscretizedLogistic(torch.full((1, 1, 28, 28), 3.0), torch.full((1, 1, 28, 28), -9.0))
    code, stack = GreyLevels(), Stack(np.zeros(0, np.uint32))
    levels = np.arange(784, dtype=np.uint8)[None]
    code.push(stack, levels, far)
    assert stack.bits < 784 * 8 * 25
    assert np.array_equal(code.pop(Stack(stack.words), far), levels)
