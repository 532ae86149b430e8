"""The decoder's metric against closed forms: a linear decoder and a sphere."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from vae_core import VAE
from vae_core.explore import geodesics, geometry, paths
from vae_core.explore.geodesics import geodesic
from vae_core.explore.geometry import Decoder, curve_length, jacobian, metric, tangents


def linear(pixels: int = 20, d: int = 4) -> tuple[Tensor, Decoder]:
    weight = torch.randn(pixels, d, generator=torch.Generator().manual_seed(1))
    return weight, lambda u, t: u @ weight.T


def sphere(u: Tensor, t: Tensor) -> Tensor:
    """Longitude and latitude -> a point of the unit sphere."""
    longitude, latitude = u[:, 0], u[:, 1]
    flat = latitude.cos()
    return torch.stack((flat * longitude.cos(), flat * longitude.sin(), latitude.sin()), 1)


def test_the_jacobian_of_a_linear_decoder_is_its_matrix():
    weight, decode = linear()
    j = jacobian(decode, torch.randn(300, 4))  # more rows than are decoded at a time
    assert torch.allclose(j, weight.expand(300, -1, -1), atol=1e-6)
    assert torch.allclose(metric(decode, torch.randn(2, 4))[1], weight.T @ weight, atol=1e-5)


def test_the_jacobian_agrees_with_backward_differentiation(model: VAE):
    decode, u = geometry.decoder(model), torch.randn(2, 3)
    t = torch.zeros(1)
    for row, found in zip(u, jacobian(decode, u), strict=True):
        expected = torch.func.jacrev(lambda v: decode(v[None], t)[0])(row)
        assert torch.allclose(found, expected, atol=1e-6)


def test_the_spheres_metric_is_that_of_longitude_and_latitude():
    latitude = 0.7
    found = metric(sphere, torch.tensor([[1.2, latitude]]))[0]
    assert torch.allclose(found, torch.diag(torch.tensor([math.cos(latitude) ** 2, 1])), atol=1e-6)


def test_tangents_of_a_linear_decoder_are_its_singular_vectors():
    weight, decode = linear()
    left, values, right = torch.linalg.svd(weight, full_matrices=False)
    found = tangents(decode, torch.randn(4), 3)
    assert torch.allclose(found.shares, (values**2 / (values**2).sum())[:3], atol=1e-5)
    for i in range(3):
        assert abs(found.directions[i] @ right[i]) == pytest.approx(1, abs=1e-4)
        expected = left[:, i] * values[i]
        sign = torch.sign(found.pictures[i] @ expected)
        assert torch.allclose(found.pictures[i], sign * expected, atol=1e-3)
        assert found.pictures[i].sum() >= 0


def test_shares_of_a_decoder_that_never_changes_are_nothing():
    found = tangents(lambda u, t: torch.zeros(len(u), 5) * u.sum(), torch.randn(3), 9)
    assert found.directions.shape == (3, 3)
    assert found.shares.sum() == 0


def test_the_length_of_a_circle_of_latitude():
    turn = torch.linspace(0, 2 * math.pi, 9)
    curve = torch.stack((turn, torch.full_like(turn, 0.5)), 1)
    assert curve_length(sphere, curve, 64) == pytest.approx(2 * math.pi * math.cos(0.5), rel=1e-3)
    assert curve_length(sphere, curve) < curve_length(sphere, curve, 2)


def test_the_geodesic_of_a_linear_decoder_is_the_straight_line():
    weight, decode = linear()
    a, b = torch.randn(2, 4, generator=torch.Generator().manual_seed(2))
    found = geodesic(decode, a, b)
    assert torch.allclose(found.codes, paths.path(a, b, 32), atol=1e-3)
    assert found.length == pytest.approx((weight @ (b - a)).norm().item(), rel=1e-4)
    assert found.length <= found.straight


@pytest.mark.parametrize(
    ("a", "b"), [((0.0, 1.0), (2.0, 1.0)), ((0.0, -0.5), (1.5, 0.9)), ((0.2, 1.2), (2.5, 0.8))]
)
def test_the_geodesic_of_a_sphere_is_a_great_circle(a: tuple[float, float], b: tuple[float, float]):
    ends = torch.tensor([a, b])
    x, y = sphere(ends, ends[:, 0])
    found = geodesic(sphere, ends[0], ends[1])
    assert found.length == pytest.approx(math.acos(float(x @ y)), rel=2e-3)
    assert found.length < found.straight * 0.999
    normal = torch.linalg.cross(x, y)
    on_sphere = sphere(found.codes, found.places)
    assert (on_sphere @ normal / normal.norm()).abs().max() < 0.02  # all lie in one plane
    angles = (on_sphere[:-1] * on_sphere[1:]).sum(1).clamp(-1, 1).acos()
    assert angles.max() / angles.min() < 1.02  # at constant speed


def test_twice_the_points_lie_on_the_same_curve():
    a, b = torch.tensor([0.0, 1.0]), torch.tensor([2.0, 0.5])
    few, many = (geodesic(sphere, a, b, points) for points in (32, 64))
    assert few.length == many.length
    chords = [curve_length(sphere, found.codes) for found in (few, many)]
    assert chords[0] == pytest.approx(chords[1], rel=0.01)


def test_the_ends_stay_and_progress_is_told(model: VAE):
    a, b = torch.randn(2, 3, generator=torch.Generator().manual_seed(3)) * 2
    answer: list[float] = []
    found = geodesic(geometry.decoder(model), a, b, 7, answer.append)
    assert torch.equal(found.codes[0], a)
    assert torch.allclose(found.codes[-1], b, atol=1e-6)
    assert found.codes.shape == (7, 3)
    assert found.length <= found.straight
    assert answer == sorted(answer)
    assert answer[-1] == 1.0


def test_a_path_of_one_point_is_none():
    with pytest.raises(ValueError, match="2 or more"):
        geodesic(sphere, torch.zeros(2), torch.ones(2), 1)


def test_rounds_continue_where_the_last_one_ended():
    a, b = torch.tensor([0.0, 1.2]), torch.tensor([2.5, 0.8])
    path = geodesics.straight(a, b)
    lengths = [geodesics.spread(sphere, path).length]
    while not path.done:
        path = geodesics.improved(sphere, path)
        lengths.append(geodesics.spread(sphere, path).length)
    assert lengths == sorted(lengths, reverse=True)
    assert lengths[-1] == geodesic(sphere, a, b).length
