"""Scores of oddness against closed forms, and small models of two kinds of pictures."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch
from small_models import flow_model, prior_of, random_digits, sparse, tiny_config

from vae_core import VAE, recipes
from vae_core.data.digits import Digits
from vae_core.evaluation import percentiles
from vae_core.models import Model
from vae_core.uses import anomaly, anomaly_scores


def bars(count: int) -> Digits:
    """Upright bars, labelled 0, and level ones, labelled 1, alternating."""
    images = torch.zeros(count, 1, 28, 28, dtype=torch.uint8)
    noise = torch.Generator().manual_seed(0)
    starts = torch.randint(4, 20, (count,), generator=noise).tolist()
    for row, start in enumerate(starts):
        images[row, 0, 4:24, start : start + 3] = 255
        if row % 2:
            images[row] = images[row].transpose(1, 2).clone()
    return Digits(images, torch.arange(count) % 2, torch.arange(count))


def test_scores_are_what_their_names_say(model: VAE) -> None:
    digits = random_digits(40)
    x = digits.floats()
    detector = anomaly_scores.fit(model, digits)
    found = anomaly_scores.scores(detector, digits)
    assert set(found) == set(anomaly_scores.SCORES)
    q = model.encode(x)
    error = ((model.decode(q.mean).mean - x) ** 2).flatten(1).sum(1)
    assert torch.allclose(found["squared-error"].float(), error, rtol=1e-4)
    lengths = -torch.distributions.Normal(0, 1).log_prob(q.mean).sum(1)
    typical = (lengths - lengths.mean()).abs()
    assert torch.allclose(found["typicality"].float(), typical, atol=1e-4)
    floor = torch.distributions.Bernoulli(probs=x).entropy().flatten(1).sum(1)
    gap = found["elbo"] - found["elbo-floor"]
    assert torch.allclose(gap.float(), floor, rtol=1e-3)


def test_the_elbo_is_that_of_the_percentiles(model: VAE, monkeypatch: pytest.MonkeyPatch) -> None:
    digits = random_digits(30)
    monkeypatch.setattr(anomaly_scores, "DRAWS", percentiles.DRAWS)
    found = anomaly_scores.scores(anomaly_scores.fit(model, digits), digits)
    with torch.inference_mode():
        expected = percentiles.costs(model, digits.floats())["cost"]
    assert torch.allclose(found["elbo"].float(), expected, rtol=1e-4)


def test_relative_is_the_residual_of_a_regression(model: VAE) -> None:
    """Least squares leaves a residual at right angles to what it regresses on."""
    digits = random_digits(200)
    images = digits.images // torch.arange(1, 201)[:, None, None, None]  # fainter and fainter
    digits = Digits(images.byte(), digits.labels, digits.places)
    residual = anomaly_scores.scores(anomaly_scores.fit(model, digits), digits)["relative"]
    features = anomaly_scores.complexity(digits.floats()).double()
    against = features.T @ residual / len(residual)
    assert against.abs().max() < 1e-3 * features.abs().mean(0).max()


def test_the_outline_and_the_ink_of_a_square() -> None:
    x = torch.zeros(1, 1, 28, 28)
    x[..., 5:9, 5:9] = 1
    assert torch.allclose(
        anomaly_scores.complexity(x).exp() - 1, torch.tensor([[1.718282, 16, 16]])
    )


def test_a_blank_picture_has_finite_scores(model: VAE) -> None:
    nothing = torch.zeros(1, 1, 28, 28, dtype=torch.uint8)
    blank = Digits(nothing, torch.tensor([0]), torch.tensor([0]))
    detector = anomaly_scores.fit(model, bars(60))
    assert all(s.isfinite().all() for s in anomaly_scores.scores(detector, blank).values())


def test_typicality_under_a_flow_is_by_its_density() -> None:
    model, digits = flow_model(), random_digits(20)
    found = anomaly_scores.scores(anomaly_scores.fit(model, digits), digits)["typicality"]
    with torch.inference_mode():
        lengths = -prior_of(model).log_prob(model.encode(digits.floats()).mean)
    assert torch.allclose(found.float(), (lengths - lengths.mean()).abs(), atol=1e-3)


@pytest.mark.parametrize("mode", anomaly.MODES)
def test_a_small_model_tells_bars_apart(mode: anomaly.Mode) -> None:
    digits = bars(200)
    known = anomaly.is_normal(mode, 0, digits.labels)
    detector = anomaly.trained(tiny_config(ema=0.0), digits.at(known.nonzero()[:, 0]))
    areas = anomaly.measure(detector, mode, 0, digits).areas
    assert areas["squared-error"].value > 0.99
    assert areas["relative"].value > 0.99
    summary = anomaly.summary([anomaly.Measured(0, areas)], "relative")
    assert summary["auroc"] == areas["relative"].value
    assert summary["auroc_per_digit"] == {"0": areas["relative"].value}


def test_a_deterministic_model_has_no_elbo() -> None:
    model: Model = sparse(3).eval().requires_grad_(False)
    found = anomaly_scores.scores(anomaly_scores.fit(model, bars(60)), bars(60))
    assert set(found) == {"relative", "squared-error", "typicality"}
    with pytest.raises(ValueError, match="has no ELBO"):
        anomaly.check(model.config, "elbo")


@pytest.mark.parametrize("name", sorted(recipes.RECIPES))
def test_every_recipe_has_a_brief_form(name: str) -> None:
    small = anomaly.small_config(recipes.get(name), 6000)
    assert small.train.epochs * (6000 // small.train.batch_size) in range(700, 900)
    assert replace(small, train=recipes.get(name).train) == recipes.get(name)


def test_mistakes_are_named() -> None:
    config = tiny_config()
    with pytest.raises(ValueError, match="score is 'nll'; it must be one of relative"):
        anomaly.check(config, "nll")
    with pytest.raises(ValueError, match="digit is 10; it must be between 0 and 9"):
        anomaly.check(config, "elbo", 10)
