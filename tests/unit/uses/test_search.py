"""Search by code, against scikit-learn's neighbours and closed forms; what is kept of the codes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.neighbors import NearestNeighbors
from small_models import random_digits

from vae_core import VAE, checkpoint
from vae_core.checkpoint import companions
from vae_core.uses import codes as kept
from vae_core.uses import search
from vae_core.uses.codes import Codes


def some_codes(count: int = 600, dim: int = 4) -> Codes:
    """Three stretched clouds, turned so that no coordinate is an axis of theirs."""
    noise = torch.Generator().manual_seed(0)
    labels = torch.randint(0, 3, (count,), generator=noise)
    within = torch.randn(count, dim, generator=noise) * torch.tensor([5.0, 1.0, 0.5, 0.1])
    turn = torch.linalg.qr(torch.randn(dim, dim, generator=noise)).Q
    return Codes((within + labels[:, None]) @ turn, labels)


def test_neighbours_are_those_of_scikit_learn() -> None:
    codes = some_codes()
    x = codes.means[:120] + 0.01
    found = search.Index(codes.means).nearest(x, 7)
    oracle = NearestNeighbors(n_neighbors=7).fit(codes.means.numpy())
    distances, rows = oracle.kneighbors(x.numpy())
    assert np.array_equal(found.rows.numpy(), rows)
    assert np.allclose(found.distances.numpy(), distances, atol=1e-5)


def test_a_point_of_the_index_is_at_no_distance_from_itself() -> None:
    """Where the distances are taken from large squares, rounding would leave some."""
    points = 1000 + torch.rand(50, 3, generator=torch.Generator().manual_seed(1))
    assert search.Index(points).nearest(points[:5], 1).distances.eq(0).all()


def test_whitening_makes_the_distance_of_mahalanobis() -> None:
    codes = some_codes()
    inside = codes.means.double()
    for label in range(3):
        inside[codes.labels == label] -= inside[codes.labels == label].mean(0)
    covariance = (inside.T @ inside / len(inside)).numpy()
    ridge = search.RIDGE * np.trace(covariance) / 4
    inverse = np.linalg.inv(covariance + ridge * np.eye(4))
    oracle = NearestNeighbors(
        n_neighbors=5, metric="mahalanobis", metric_params={"VI": inverse}, algorithm="brute"
    ).fit(codes.means.double().numpy())
    distances, rows = oracle.kneighbors(codes.means[:50].double().numpy())
    found = search.by_code(codes).nearest(codes.means[:50], 5)
    assert np.array_equal(found.rows.numpy(), rows)
    assert np.allclose(found.distances.numpy(), distances, atol=1e-4)


def test_dead_units_do_not_matter() -> None:
    codes = some_codes()
    dead = Codes(torch.cat((codes.means, torch.zeros(600, 3)), 1), codes.labels)
    rows = search.by_code(dead).nearest(dead.means[:50], 5).rows
    expected = search.by_code(codes).nearest(codes.means[:50], 5).rows
    assert (rows == expected).double().mean() > 0.99


def test_precision_counts_labels() -> None:
    """Ten points of one label at 0, ten at 100 of which four have it: queries of known shares."""
    points = torch.tensor([[0.0]] * 10 + [[100.0]] * 10)
    labels = torch.tensor([1] * 14 + [2] * 6)
    x, y = torch.tensor([[1.0], [99.0]]), torch.tensor([1, 1])
    found = search.precision(search.Index(points), labels, x, y)
    assert found["precision_at_10"] == pytest.approx((1 + 0.4) / 2)
    assert found["precision_at_10_sem"] == pytest.approx(np.std([1, 0.4], ddof=1) / 2**0.5)
    assert found["digits"] == 2


@pytest.mark.parametrize("k", [0, 21])
def test_so_many_neighbours_there_are_not(k: int) -> None:
    with pytest.raises(ValueError, match=f"k is {k}; it must be between 1 and 20"):
        search.Index(torch.rand(20, 2)).nearest(torch.rand(1, 2), k)


@pytest.fixture
def folder(model: VAE, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept, "COUNT", 60)
    return checkpoint.save(model, tmp_path / "tiny")


def test_codes_are_kept_beside_the_weights(model: VAE, folder: Path) -> None:
    codes = kept.encode(model, random_digits(60))
    assert kept.read(folder) is None
    kept.write(folder, codes)
    read = kept.read(folder)
    assert read is not None
    assert torch.equal(read.means, kept.rounded(codes).means)
    assert torch.equal(read.labels, codes.labels)
    assert torch.allclose(read.means, codes.means, rtol=2**-11, atol=1e-7)


def test_codes_of_other_weights_are_none(model: VAE, folder: Path) -> None:
    kept.write(folder, kept.encode(model, random_digits(60)))
    next(model.parameters()).mul_(1.1)
    checkpoint.save(model, folder)
    assert kept.read(folder) is None
    assert companions.outdated(folder) == [companions.CODES]


def test_codes_that_cannot_be_kept(model: VAE, folder: Path) -> None:
    codes = kept.encode(model, random_digits(60))
    with pytest.raises(ValueError, match="there are 3 codes; it must be 60"):
        kept.write(folder, codes.at(torch.arange(3)))
    with pytest.raises(ValueError, match="too large for the 16 bits"):
        kept.write(folder, Codes(1e6 * codes.means, codes.labels))


def test_damaged_codes_are_one_sentence(model: VAE, folder: Path) -> None:
    path = kept.write(folder, kept.encode(model, random_digits(60)))
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ValueError, match="is damaged"):
        kept.read(folder)


def test_without_codes_and_data_a_sentence_says_what_to_do(model: VAE, folder: Path) -> None:
    with pytest.raises(ValueError, match=r"no codes .* --data, and keep them with --save"):
        search.training_codes(folder, model, None)
