"""Precision, recall and nearest neighbours against slow readings of their definitions."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from vae_core.evaluation import neighbours
from vae_core.evaluation.neighbours import precision_recall


def noise(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_equal_and_distant_sets_have_full_and_no_precision():
    x = noise(1500, 4)  # more than one block of rows
    assert precision_recall(x, x) == (1, 1)
    assert precision_recall(x, x + 100) == (0, 0)


def test_one_mode_of_two_has_precision_and_half_the_recall():
    real = torch.cat((noise(300, 3), noise(300, 3, seed=1) + 50))
    fake = real[:300] + 1e-3 * noise(300, 3, seed=2)
    precision, recall = precision_recall(real, fake)
    assert precision == 1
    assert recall == pytest.approx(0.5, abs=0.01)
    precision, recall = precision_recall(fake, real)
    assert precision == pytest.approx(0.5, abs=0.01)
    assert recall == 1


def test_precision_and_recall_agree_with_a_slow_reading_of_the_definition():
    real, fake = noise(40, 2).double(), 1.5 * noise(30, 2, seed=1).double()

    def share(points: Tensor, centres: Tensor, k: int) -> float:
        count = 0
        for point in points:
            for i, centre in enumerate(centres):
                others = torch.cat((centres[:i], centres[i + 1 :]))
                reach = (others - centre).norm(dim=1).sort().values[k - 1]
                if (point - centre).norm() <= reach:
                    count += 1
                    break
        return count / len(points)

    expected = (share(fake, real, 2), share(real, fake, 2))
    assert precision_recall(real, fake, k=2) == pytest.approx(expected)
    assert 0 < expected[0] < 1


def test_radii_are_distances_to_the_kth_other_point():
    line = torch.tensor([[0.0], [1.0], [3.0], [7.0]])
    assert neighbours.radii(line, 1).sqrt().tolist() == [1, 1, 2, 4]
    assert neighbours.radii(line, 2).sqrt().tolist() == [3, 2, 3, 6]


@pytest.mark.parametrize("k", [0, 4])
def test_a_k_that_no_neighbour_has_is_refused(k: int):
    with pytest.raises(ValueError, match=f"k is {k}; it must be between 1 and 3"):
        precision_recall(noise(4, 2), noise(9, 2), k)


def test_nearest_distances_are_those_of_cdist():
    x, others = noise(30, 1, 5, 5), noise(2300, 1, 5, 5, seed=1)
    expected = torch.cdist(x.flatten(1), others.flatten(1)).min(1).values
    torch.testing.assert_close(
        neighbours.nearest_distances(x, others), expected, atol=1e-4, rtol=1e-4
    )
    assert neighbours.nearest_distances(others[:7], others).max() < 0.01
