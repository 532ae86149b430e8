import math

import pytest
import torch

from vae_core import VAE, explore


@pytest.mark.parametrize("kind", explore.PATHS)
def test_a_path_starts_and_ends_at_its_ends(kind: str):
    a, b = torch.randn(5), torch.randn(5)
    points = explore.path(a, b, 7, kind)
    assert points.shape == (7, 5)
    torch.testing.assert_close(points[0], a)
    torch.testing.assert_close(points[-1], b)


def test_linear_steps_are_equal():
    points = explore.path(torch.zeros(2), torch.tensor([3.0, 6.0]), 4)
    torch.testing.assert_close(points[1:] - points[:-1], torch.tensor([[1.0, 2.0]] * 3))


def test_spherical_turns_evenly_and_keeps_the_length():
    points = explore.path(torch.tensor([2.0, 0.0]), torch.tensor([0.0, 2.0]), 4, "spherical")
    angles = torch.atan2(points[:, 1], points[:, 0])
    torch.testing.assert_close(angles, torch.linspace(0, math.pi / 2, 4))
    torch.testing.assert_close(points.norm(dim=1), torch.full((4,), 2.0))


@pytest.mark.parametrize("b", [[2.0, 0.0], [-1.0, 0.0], [0.0, 0.0]])
def test_spherical_without_an_angle_goes_straight(b: list[float]):
    a, end = torch.tensor([1.0, 0.0]), torch.tensor(b)
    points = explore.path(a, end, 3, "spherical")
    torch.testing.assert_close(points[1], (a + end) / 2)


def test_one_point_is_a_point_of_the_path():
    a, b = torch.randn(4), torch.randn(4)
    torch.testing.assert_close(
        explore.point(a, b, 0.25, "spherical"), explore.path(a, b, 5, "spherical")[1]
    )


def test_shares_go_from_one_label_to_the_other():
    shares = explore.shares(2, 9, torch.linspace(0, 1, 5)[:, None])
    assert shares.shape == (5, 10)
    assert torch.equal(shares.argmax(-1)[[0, 4]], torch.tensor([2, 9]))
    assert (shares[1, 2], shares[1, 9]) == (0.75, 0.25)
    assert torch.equal(explore.shares(None, 4, 0.0), torch.zeros(10))
    assert torch.equal(explore.shares(3, 3, 0.5), explore.shares(3, None, 0.0))


@pytest.mark.parametrize("steps", [1, 0, -3])
def test_too_few_steps_are_refused(steps: int):
    with pytest.raises(ValueError, match="steps is"):
        explore.path(torch.zeros(2), torch.ones(2), steps)


def test_an_unknown_path_is_refused():
    with pytest.raises(ValueError, match="linear, spherical"):
        explore.path(torch.zeros(2), torch.ones(2), 3, "scenic")


def test_a_traversal_moves_one_slider(model: VAE):
    u, values = torch.randn(3), torch.tensor([-1.0, 0.5])
    expected = torch.cat([model.decode(torch.tensor([[u[0], v, u[2]]])).mean for v in values])
    torch.testing.assert_close(explore.traverse(model, u, 1, values), expected)
    with pytest.raises(ValueError, match="dim is 3"):
        explore.traverse(model, u, 3, values)


def test_the_grid_lies_at_quantiles_of_the_prior(model: VAE):
    pictures = explore.manifold_grid(model, side=3)
    assert pictures.shape == (9, 1, 28, 28)
    torch.testing.assert_close(pictures[4:5], model.decode(torch.zeros(1, 3)).mean)
    lowest = torch.special.ndtri(torch.tensor(1 / 6))
    corner = torch.tensor([[lowest, -lowest, 0.0]])
    torch.testing.assert_close(pictures[:1], model.decode(corner).mean)
