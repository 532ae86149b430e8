"""Turned sliders, against planted traits, a linear model and the prior they must leave alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from small_models import flow_model, prior_of
from torch import nn

from vae_core import VAE, checkpoint
from vae_core.explore import slider_axes, sliders, traits


def rotation(dim: int, seed: int = 0) -> np.ndarray:
    return np.linalg.qr(np.random.default_rng(seed).normal(size=(dim, dim)))[0]


def assert_orthonormal(columns: np.ndarray) -> None:
    assert columns.T @ columns == pytest.approx(np.eye(columns.shape[1]), abs=1e-12)


@pytest.fixture
def flow() -> VAE:
    return flow_model()


def test_planted_traits_are_found():
    u = np.random.default_rng(1).normal(size=(200_000, 8))
    planted = rotation(8)[:, :3]
    found = slider_axes.along_traits(traits.correlations(u @ planted, u))
    assert_orthonormal(found)
    assert found == pytest.approx(planted, abs=0.01)


def test_traits_that_go_together_are_parted_evenly():
    # Two directions 60 degrees apart come to lie 15 degrees outside of where they were.
    r = np.array([[1, 0], [0.5, np.sqrt(0.75)]])
    found = slider_axes.along_traits(r)
    assert_orthonormal(found)
    for trait in (0, 1):
        assert found[:, trait] @ r[trait] == pytest.approx(np.cos(np.radians(15)))


def test_a_trait_that_nothing_follows_has_no_axis():
    r = np.array([[0.0, 0, 0], [0, 0.6, 0]])
    assert slider_axes.along_traits(r) == pytest.approx(np.array([[0.0], [1], [0]]))
    assert slider_axes.along_traits(np.eye(5)[:, :2] + 0.1).shape == (2, 2)


def test_the_other_axes_stay_as_learned_where_they_can():
    few = np.zeros((5, 2))
    few[3, 0], few[1, 1] = 1, 1
    assert slider_axes.completed(few) == pytest.approx(np.eye(5)[:, [3, 1, 0, 2, 4]])
    whole = slider_axes.completed(rotation(7)[:, :3])
    assert_orthonormal(whole)
    assert whole[:, :3] == pytest.approx(rotation(7)[:, :3])


def test_a_still_slider_is_turned_until_it_moves():
    gains = np.diag([4.0, 1, 0.5, 0.001])

    def movement(columns: np.ndarray) -> np.ndarray:
        return np.diag(columns.T @ gains @ columns)

    found = slider_axes.lifted(np.eye(4), movement, kept=1)
    assert_orthonormal(found)
    assert found[:, 0] == pytest.approx([1, 0, 0, 0])
    assert movement(found).min() >= slider_axes.LEAST * 4
    assert movement(found).sum() == pytest.approx(gains.sum())  # given by the strong, not made up
    fine = np.eye(3)
    assert slider_axes.lifted(fine, lambda a: np.ones(3), kept=1) == pytest.approx(fine)


def test_a_hopeless_slider_ends_the_turning():
    assert_orthonormal(slider_axes.lifted(np.eye(3), lambda a: np.array([1.0, 0, 0]), kept=1))


def test_class_directions_are_where_the_means_lie():
    generator = np.random.default_rng(3)
    labels = generator.integers(0, 3, 30_000)
    planted = rotation(6)[:, :2]
    means = np.array([[0, 0], [4, 0], [0, 4.0]]) @ planted.T
    u = means[labels] + generator.normal(size=(len(labels), 6))
    span = slider_axes.class_directions(u, labels)
    assert_orthonormal(span)
    assert span @ span.T == pytest.approx(planted @ planted.T, abs=0.03)
    left = slider_axes.without(np.eye(6), span)
    assert left @ planted == pytest.approx(np.zeros((6, 2)), abs=0.03)


def test_turned_sliders_leave_the_prior_alone(flow: VAE):
    z = torch.randn(50, 6, generator=torch.Generator().manual_seed(2))
    before = prior_of(flow).log_prob(z)
    u = flow.to_sliders(z)
    prior_of(flow).rotate(torch.from_numpy(rotation(6)).float())
    assert torch.equal(prior_of(flow).log_prob(z), before)
    turned = flow.to_sliders(z)
    torch.testing.assert_close(turned.norm(dim=1), u.norm(dim=1))
    torch.testing.assert_close(flow.from_sliders(turned), z, atol=1e-5, rtol=1e-5)
    one = torch.eye(6)[:1] * 1.5
    direction = torch.from_numpy(rotation(6)[:, 0]).float()[None] * 1.5
    flow_along = flow.from_sliders(one)
    prior_of(flow).rotate(torch.eye(6))
    torch.testing.assert_close(flow.from_sliders(direction), flow_along)


@pytest.mark.parametrize("wrong", [torch.eye(5), 2 * torch.eye(6), torch.ones(6, 6)])
def test_axes_that_would_bend_the_prior_are_refused(wrong: torch.Tensor, flow: VAE):
    with pytest.raises(ValueError, match="orthonormal"):
        prior_of(flow).rotate(wrong)
    with pytest.raises(ValueError, match="orthonormal"):
        prior_of(flow).rotate(torch.full((6, 6), float("nan")))


class TestFile:
    @pytest.fixture
    def folder(self, flow: VAE, tmp_path: Path) -> Path:
        return checkpoint.save(flow, tmp_path / "flow")

    def test_a_loaded_model_has_them(self, folder: Path):
        chosen = torch.from_numpy(rotation(6)).float()
        assert torch.equal(prior_of(checkpoint.load(folder)).axes, torch.eye(6))
        slider_axes.write(folder, chosen)
        assert torch.equal(prior_of(checkpoint.load(folder)).axes, chosen)

    def test_those_of_other_weights_are_left_alone(self, folder: Path, flow: VAE):
        slider_axes.write(folder, torch.from_numpy(rotation(6)).float())
        nn.init.ones_(next(flow.decoder.parameters()))
        checkpoint.save(flow, folder)
        assert torch.equal(prior_of(checkpoint.load(folder)).axes, torch.eye(6))

    def test_a_damaged_file_is_refused_in_words(self, folder: Path):
        slider_axes.write(folder, 2 * torch.eye(6))
        with pytest.raises(ValueError, match="does not fit: axes is"):
            checkpoint.load(folder)
        path = folder / checkpoint.AXES
        path.write_bytes(path.read_bytes()[:50])
        with pytest.raises(ValueError, match="damaged or cut short"):
            checkpoint.load(folder)

    def test_a_model_without_a_flow_has_no_use_for_them(self, model: VAE, tmp_path: Path):
        folder = checkpoint.save(model, tmp_path / "plain")
        slider_axes.write(folder, torch.eye(3))
        with pytest.raises(ValueError, match="axes of a flow prior"):
            checkpoint.load(folder)
        assert not slider_axes.can_rotate(model)


def test_the_shipped_flow_has_a_slider_for_each_trait():
    about = sliders.read(checkpoint.resolve("vae-flow-digits"), 32)
    assert about is not None
    named = [latent["name"]["trait"] for latent in about["latents"] if latent["name"]]
    assert named == list(traits.NAMED)
    assert min(latent["relative_at_zero"] for latent in about["latents"]) >= 0.1
    assert min(latent["relative_at_draws"] for latent in about["latents"]) >= 0.1
