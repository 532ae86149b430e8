"""Two clouds on a plane: the one that parts them, no difference where there is none."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from vae_core.evaluation.clouds import distance, measure

DIM, COUNT = 12, 2000


def normal(seed: int, count: int = COUNT) -> Tensor:
    return torch.randn(count, DIM, generator=torch.Generator().manual_seed(seed))


def clusters(seed: int) -> tuple[Tensor, Tensor]:
    """Codes with ten clusters along two slanting directions, normal in the others."""
    labels = torch.arange(COUNT) % 10
    angle = labels / 10 * 2 * torch.pi
    z = normal(seed)
    centres = torch.stack((angle.cos(), angle.sin()), 1) * 1.9
    plane = frame()
    inside = z @ plane
    return z + (centres + 0.15 * inside - inside) @ plane.T, labels


def frame() -> Tensor:
    return torch.linalg.qr(normal(9)[:DIM, :2])[0]


def test_the_distance_is_that_of_a_shift_and_of_a_spread():
    a = normal(1, 50_000)
    found = distance(a[:, :2], torch.stack((a[:, 0] + 0.7, 2 * a[:, 1]), 1))
    # E|x| of a standard normal is sqrt(2 / pi).
    assert found.tolist() == pytest.approx([0.7, (2 / torch.pi) ** 0.5], abs=0.01)


def test_it_finds_the_plane_that_parts_them():
    codes, labels = clusters(1)
    found = measure(codes, labels, normal(2))
    # In the measure of single dimensions the clusters' plane is the one that is found.
    span = torch.linalg.qr(found.spread[:, None] * found.axes)[0]
    assert torch.linalg.svdvals(span.T @ frame()).min() > 0.9
    assert min(found.apart) > 4 * max(found.by_chance)
    torch.testing.assert_close(found.axes.T @ found.axes, torch.eye(2), atol=1e-4, rtol=0)


def test_clouds_of_one_distribution_coincide_on_the_half_that_is_shown():
    codes, labels = clusters(1)
    found = measure(codes, labels, clusters(2)[0])
    assert max(found.apart) < 0.1
    assert len(found.codes) == len(found.labels) == len(found.draws) == COUNT // 2


def test_places_lead_back_to_codes():
    codes, labels = clusters(3)
    found = measure(codes, labels, normal(4))
    z = found.code_at((1.5, -0.5))
    place = ((z - found.centre) / found.spread) @ found.axes
    torch.testing.assert_close(place, torch.tensor([1.5, -0.5]), atol=1e-4, rtol=0)


@pytest.mark.parametrize("dim", [2, 5, 1200])
def test_any_size_of_code_has_a_plane(dim: int):
    noise = torch.Generator().manual_seed(0)
    codes, draws = (torch.randn(400, dim, generator=noise) for _ in range(2))
    codes[:, -1] = 0  # a unit that no digit uses
    found = measure(codes, torch.arange(400) % 10, draws)
    assert found.codes.shape == (200, 2)
    assert found.codes.isfinite().all()
    assert found.draws.isfinite().all()
