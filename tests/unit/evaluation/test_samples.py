"""FID, precision, recall, entropy and distances on sets whose figures are known."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.linalg
import torch
from torch import Tensor, nn

from vae_core import VAE
from vae_core.classifier.model import Classifier
from vae_core.data.digits import Digits
from vae_core.evaluation import samples
from vae_core.evaluation.samples import Gaussian, Real, frechet_distance


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def covariance(dim: int, rank: int, seed: int) -> Tensor:
    factor = noise(dim, rank, seed=seed).double()
    return factor @ factor.T


def test_fid_of_diagonal_gaussians_is_the_closed_form():
    """Between axis-parallel Gaussians: |m1 - m2|^2 + sum (s1 - s2)^2."""
    m1, m2, s1, s2 = noise(4, 6).double()
    a, b = (
        Gaussian(mean=m, covariance=torch.diag(s**2)) for m, s in ((m1, s1.abs()), (m2, s2.abs()))
    )
    expected = ((m1 - m2) ** 2).sum() + ((s1.abs() - s2.abs()) ** 2).sum()
    assert frechet_distance(a, b) == pytest.approx(float(expected))


@pytest.mark.parametrize(("rank_a", "rank_b"), [(12, 12), (12, 3), (3, 3)])
def test_fid_agrees_with_scipys_matrix_root(rank_a: int, rank_b: int):
    a = Gaussian(mean=noise(8, seed=1).double(), covariance=covariance(8, rank_a, 2))
    b = Gaussian(mean=noise(8, seed=3).double(), covariance=covariance(8, rank_b, 4))
    # A little on the diagonal: scipy's root of a singular product is not accurate.
    jitter = 1e-10 * np.eye(8)
    left, right = (g.covariance.numpy() + jitter for g in (a, b))
    root = np.real(np.asarray(scipy.linalg.sqrtm(left @ right)))
    expected = float(((a.mean - b.mean) ** 2).sum()) + np.trace(left + right - 2 * root)
    assert frechet_distance(a, b) == pytest.approx(expected, rel=1e-3)
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a))


def test_fid_of_a_set_with_itself_is_zero_even_where_it_is_singular():
    for values in (noise(500, 20), noise(10, 20)):
        fitted = Gaussian.of(values)
        assert frechet_distance(fitted, Gaussian.of(values.flip(0))) == pytest.approx(0, abs=1e-6)


def test_fid_sees_a_shift_and_a_stretch():
    x = noise(4000, 5)
    assert frechet_distance(Gaussian.of(x), Gaussian.of(x + 2)) == pytest.approx(20)
    assert frechet_distance(Gaussian.of(x), Gaussian.of(3 * x)) == pytest.approx(
        4 * float(x.var(0).sum()) + float(((2 * x.mean(0)) ** 2).sum()), rel=1e-5
    )


def test_the_gaussian_of_a_set_is_numpys():
    x = noise(50, 4)
    fitted = Gaussian.of(x)
    np.testing.assert_allclose(fitted.covariance, np.cov(x.double().numpy(), rowvar=False))
    np.testing.assert_allclose(fitted.axes @ fitted.axes.T, fitted.covariance, atol=1e-12)


def classifier_with(bias: list[float]) -> Classifier:
    """It answers by its bias alone, whatever the picture."""
    judge = Classifier().eval().requires_grad_(False)
    nn.init.zeros_(judge.head.weight)
    judge.head.bias.copy_(torch.tensor(bias))
    return judge


def test_a_uniform_classifier_has_the_entropy_of_ten_answers():
    judge = classifier_with([0.0] * 10 + [-9.0])
    answer = samples.readings(judge, samples.features(judge, torch.rand(7, 1, 28, 28)))
    assert answer["entropy"] == pytest.approx(math.log(10))
    assert answer["not_digits"] == 0


def test_a_sure_classifier_has_none_and_tells_its_class():
    judge = classifier_with([0.0, 50.0, *[0.0] * 9])
    answer = samples.readings(judge, samples.features(judge, torch.rand(7, 1, 28, 28)))
    assert answer["entropy"] == pytest.approx(0, abs=1e-6)
    assert answer["class_histogram"] == [0, 1, *[0] * 8]


def test_features_are_what_the_last_layer_reads():
    torch.manual_seed(0)
    judge = Classifier().eval().requires_grad_(False)
    x = torch.rand(130, 1, 28, 28)
    embedded = samples.features(judge, x)
    assert embedded.shape == (130, judge.head.in_features)
    torch.testing.assert_close(judge.head(embedded), judge(x), atol=1e-4, rtol=1e-4)


def test_draws_repeat_and_are_grey_or_binary(model: VAE):
    def drawn(pixels: str) -> Tensor:
        generator = torch.Generator().manual_seed(5)
        return samples.draws(model, 501, generator=generator, pixels=pixels)

    means, binary = drawn("means"), drawn("binary")
    assert means.shape == (501, 1, 28, 28)
    assert torch.equal(means, drawn("means"))
    assert set(binary.unique().tolist()) == {0, 1}
    assert float(binary.mean()) == pytest.approx(float(means.mean()), abs=0.01)
    with pytest.raises(ValueError, match="pixels is 'grey'"):
        drawn("grey")


def two_writers(count: int, seed: int) -> Digits:
    """Bars by two writers in turn, as MNIST's training digits are: one light pen, one heavy."""
    noise = torch.Generator().manual_seed(seed)
    images = torch.zeros(count, 1, 28, 28)
    columns = torch.arange(28)
    for i in range(count):
        middle = 8 + 12 * torch.rand(1, generator=noise)
        images[i, 0, 4:24] = 255.0 * ((columns - middle).abs() < 1 + 3 * (i % 2))
    return Digits(images.byte(), torch.ones(count, dtype=torch.long), torch.arange(count))


def test_the_floor_is_that_of_all_writers(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(samples, "PARTS", 1)
    train, test = two_writers(1800, seed=0), two_writers(300, seed=1)
    real = Real.of(train, test)
    one_writer = Gaussian.of(samples.features(real.net, train.every(300).floats()))
    floor = real.figures["fid_floor"]
    assert floor < 0.2 * frechet_distance(real.gaussian, one_writer)
    assert real.figures["fid_floor_sem"] is None
