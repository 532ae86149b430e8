"""Traits against pictures whose measures are known, and names against known correlations."""

from __future__ import annotations

import numpy as np
import pytest

from vae_core.app.server import assets
from vae_core.explore import traits


def picture(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    """White rectangles (top, bottom, left, right) on black, later ones inverted."""
    grey = np.zeros((28, 28), np.uint8)
    for i, (top, bottom, left, right) in enumerate(boxes):
        grey[top:bottom, left:right] = 255 if i % 2 == 0 else 0
    return grey


def trait(grey: np.ndarray, name: str) -> float:
    return traits.measure(grey[None])[0, traits.TRAITS.index(name)]


def test_an_upright_bar_has_no_slant_and_its_own_width() -> None:
    bar = picture((4, 24, 12, 15))
    assert trait(bar, "slant") == pytest.approx(0)
    assert trait(bar, "stroke width") == pytest.approx(3, rel=0.15)
    # Four standard deviations of an even spread over n pixels: n^2 - 1 = 12 variance.
    assert trait(bar, "height") == pytest.approx(4 * np.sqrt((20**2 - 1) / 12))
    assert trait(bar, "width") == pytest.approx(4 * np.sqrt((3**2 - 1) / 12))


@pytest.mark.parametrize("shear", [-0.5, 0.25, 0.5])
def test_a_sheared_bar_has_the_slant_of_its_shear(shear: float) -> None:
    grey = np.zeros((28, 28), np.uint8)
    for row in range(4, 24):
        left = 13 - round(shear * (row - 13.5))
        grey[row, left : left + 3] = 255
    assert trait(grey, "slant") == pytest.approx(shear, abs=0.05)


def test_a_ring_holds_its_hole_and_an_open_one_holds_none() -> None:
    ring = picture((6, 20, 6, 20), (9, 17, 9, 17))
    assert trait(ring, "loop area") == 64
    ring[6:9, 12] = 0
    assert trait(ring, "loop area") == 0


def test_real_zeros_have_larger_loops_than_real_ones() -> None:
    digits, labels, _ = assets.examples()
    loops = traits.measure(digits)[:, traits.TRAITS.index("loop area")]
    by_class = {d: loops[np.array(labels) == d].mean() for d in (0, 1)}
    assert by_class[0] > 20
    assert by_class[1] < 1


def test_a_latent_is_named_after_what_it_follows_and_left_alone_otherwise() -> None:
    digits, known, _ = assets.examples()
    labels = np.array(known)
    generator = np.random.default_rng(0)
    slant = traits.measure(digits)[:, 0]
    noise = generator.normal(size=(len(digits), 2))
    means = np.stack([-3 * slant + 0.05 * noise[:, 0] * slant.std(), noise[:, 1]], axis=1)
    found = traits.names(digits, means, labels)
    assert found[0] is not None
    assert found[0]["trait"] == "slant"
    assert found[0]["r"] < -0.95
    assert found[1] is None


def test_a_latent_that_only_tells_the_classes_apart_has_no_name() -> None:
    digits, known, _ = assets.examples()
    labels = np.array(known)
    width = traits.measure(digits)[:, 2]
    by_class = np.array([width[labels == label].mean() for label in range(10)])[labels]
    assert np.corrcoef(width, by_class)[0, 1] > 0.5
    assert traits.names(digits, by_class[:, None], labels) == [None]


def test_class_means_are_taken_out() -> None:
    values = np.array([[1.0], [3.0], [10.0], [20.0]])
    left = traits.within_class(values, np.array([0, 0, 1, 1]))
    np.testing.assert_allclose(left.ravel(), [-1, 1, -5, 5])


def test_correlations_agree_with_numpy() -> None:
    generator = np.random.default_rng(1)
    a, b = generator.normal(size=(50, 3)), generator.normal(size=(50, 4))
    whole = np.asarray(np.corrcoef(np.hstack([a, b]), rowvar=False))[:3, 3:]
    np.testing.assert_allclose(traits.correlations(a, b), whole)


def test_a_constant_column_correlates_with_nothing() -> None:
    assert traits.correlations(np.ones((5, 1)), np.arange(5.0)[:, None]) == 0
