"""A few labels that spread: two moons, an independent solution, and what may not be known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.datasets import make_moons

from vae_core import Config, checkpoint
from vae_core.models import build
from vae_core.uses import codes as kept
from vae_core.uses import m2_training, propagation, semi_supervised
from vae_core.uses.codes import Codes
from vae_core.uses.m2_training import Plan


def moons(count: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    x, y = make_moons(count, noise=0.07, random_state=seed)
    return torch.tensor(x).float(), torch.tensor(y)


def test_one_label_of_each_moon_names_both() -> None:
    x, y = moons(600, 0)
    ties = propagation.graph(x)
    rows = torch.stack([(y == label).nonzero()[0, 0] for label in (0, 1)])
    shares = propagation.propagated(ties, rows, y[rows])
    assert shares.shape == (600, 10)
    assert (shares.argmax(1) == y.numpy()).mean() > 0.99
    others, labels = moons(200, 1)
    assert (propagation.named(ties, shares, others) == labels).double().mean() > 0.99


def test_the_shares_solve_the_equation_of_the_paper() -> None:
    """Zhou et al. (2004): F = (1 - a) (1 - a S)^-1 Y, its columns divided by their sums."""
    x, y = moons(150, 2)
    ties, rows = propagation.graph(x), torch.arange(0, 150, 10)
    weights = ties.weights.toarray()
    assert np.array_equal(weights, weights.T)
    degrees = weights.sum(1)
    normed = weights / np.sqrt(np.outer(degrees, degrees))
    given = np.zeros((150, 2))
    given[rows, y[rows]] = 1
    a = propagation.SPREAD
    solved = (1 - a) * np.linalg.solve(np.eye(150) - a * normed, given)
    shares = propagation.propagated(ties, rows, y[rows])[:, :2]
    expected = solved / solved.sum(1, keepdims=True)
    assert np.allclose(shares, expected / expected.sum(0), atol=1e-3)


def test_whitening_needs_no_labels_and_evens_out_directions() -> None:
    noise = torch.Generator().manual_seed(0)
    x = torch.randn(3000, 3, generator=noise) * torch.tensor([9.0, 1.0, 0.1])
    space = propagation.whitening(x)
    near = propagation.Index(x).nearest(x, 11).rows[:, 1:]
    apart = ((x[near] - x[:, None]) @ space).flatten(0, 1)
    assert torch.allclose(torch.cov(apart.T), torch.eye(3), atol=0.1)


def test_the_labels_given_are_even_and_follow_the_seed() -> None:
    labels = torch.arange(1000) % 10
    one, other = (semi_supervised.chosen(labels, 30, seed) for seed in (1, 2))
    assert labels[one].bincount().tolist() == [3] * 10
    assert not torch.equal(one, other)
    assert torch.equal(one, semi_supervised.chosen(labels, 30, 1))
    for count, sentence in ((15, "a multiple of 10"), (0, "a multiple"), (2000, "more than there")):
        with pytest.raises(ValueError, match=sentence):
            semi_supervised.chosen(labels, count, 0)


@pytest.mark.parametrize("method", ["propagation", "svm", "m1+m2"])
def test_a_model_is_measured_over_seeds(
    method: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ten far clouds for codes: every method names all of them."""
    noise = torch.Generator().manual_seed(0)
    labels = torch.arange(700) % 10
    means = 20 * torch.nn.functional.one_hot(labels, 10) + torch.randn(700, 10, generator=noise)
    clouds = Codes(means.float(), labels)
    config = Config(name="clouds", latent_dim=10)
    checkpoint.save(build(config), tmp_path / "clouds")
    monkeypatch.setattr(semi_supervised.search, "training_codes", lambda *_: clouds)
    monkeypatch.setattr(m2_training, "CODES", Plan(60, 50, 3e-3, 1.0))
    monkeypatch.setattr(kept, "encode", lambda *_: clouds.at(torch.arange(100)))
    found = semi_supervised.evaluate(tmp_path / "clouds", labels=20, method=method, seeds=[0, 1])
    assert found["accuracy"] == 1
    assert found["accuracies"] == [1, 1]
    assert found["accuracy_sem"] == 0
    held = semi_supervised.evaluate(
        tmp_path / "clouds", labels=20, method=method, seeds=[0], hold_out=70
    )
    assert (held["digits"], held["accuracy"], held["accuracy_sem"]) == (70, 1, None)


def test_codes_that_know_the_labels_are_refused() -> None:
    config = Config(name="knows", latent_dim=4, prior="flow", labelled_prior=True)
    with pytest.raises(ValueError, match="knows was trained with all labels"):
        semi_supervised.check(config, "svm")
    with pytest.raises(ValueError, match="method is 'knn'; it must be one of propagation, svm, "):
        semi_supervised.check(Config(name="plain", latent_dim=4), "knn")
