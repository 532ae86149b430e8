import numpy as np
import pytest
from sklearn.metrics import mutual_info_score  # pyright: ignore[reportAttributeAccessIssue]
from small_models import random_digits

from vae_core import VAE
from vae_core.evaluation import disentanglement as d


@pytest.fixture
def noise() -> np.random.Generator:
    return np.random.default_rng(0)


def test_information_is_that_of_scikit_learn(noise: np.random.Generator):
    a, b = noise.integers(7, size=900), noise.integers(4, size=900)
    b = np.where(noise.random(900) < 0.5, a % 4, b)
    assert d.information(a, b) == pytest.approx(mutual_info_score(a, b))
    weights = noise.integers(4, size=900)
    repeated = mutual_info_score(np.repeat(a, weights), np.repeat(b, weights))
    assert d.information(a, b, weights.astype(float)) == pytest.approx(repeated)


def test_bins_hold_equally_many(noise: np.random.Generator):
    counts = np.bincount(d.binned(noise.normal(size=4000)))
    assert len(counts) == d.BINS
    assert counts.min() >= 199
    assert d.binned(np.ones(30)).max() <= d.BINS - 1


def test_a_latent_for_each_factor_scores_one_and_a_mixture_scores_nothing(
    noise: np.random.Generator,
):
    values = noise.normal(size=(4000, 2))
    factors = [d.binned(column) for column in values.T]
    own = d.gap(np.column_stack((values[:, 1], values[:, 0], noise.normal(size=4000))), factors)
    assert own.score == pytest.approx(1.0, abs=0.05)
    assert own.latents.tolist() == [1, 0]
    twice = d.gap(np.column_stack((values, values)), factors)
    assert twice.score == pytest.approx(0.0, abs=1e-9)
    turned = d.gap(values @ np.array([[1, 1], [1, -1]]) / np.sqrt(2), factors)
    assert turned.score < 0.1


def test_the_error_is_the_spread_over_other_digits(noise: np.random.Generator):
    def codes() -> tuple[np.ndarray, list[np.ndarray]]:
        values = noise.normal(size=(1500, 2))
        return values + 0.5 * noise.normal(size=values.shape), [d.binned(v) for v in values.T]

    scores = [d.gap(*codes()).score for _ in range(30)]
    assert d.standard_error(*codes()) == pytest.approx(np.std(scores), rel=0.5)


def test_a_model_is_scored_on_what_is_measured_on_digits(model: VAE):
    found = d.measure(model.eval(), random_digits(60))
    each = found["mig_per_factor"]
    assert each is not None
    assert list(each) == ["slant", "stroke width", "width", "height", "class"]
    assert found["mig"] == pytest.approx(np.mean(list(each.values())))
    assert found == d.measure(model, random_digits(60))
