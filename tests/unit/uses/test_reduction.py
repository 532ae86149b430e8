"""PCA against numpy's own decomposition, and the figures of features on sets with known answers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from vae_core import recipes
from vae_core.data.shipped import shipped
from vae_core.evaluation.elbo import squared_error
from vae_core.uses import features, reduction


@pytest.fixture(scope="module")
def components() -> reduction.Components:
    return reduction.fit(shipped("train").at(torch.arange(1000)))


def test_it_is_the_best_linear_map_of_its_size(components: reduction.Components) -> None:
    """The squared error that k components leave is what numpy's singular values leave."""
    digits = shipped("train").at(torch.arange(1000))
    x = digits.floats().flatten(1).double().numpy()
    spread = np.linalg.svd(x - x.mean(0), compute_uv=False) ** 2
    for count in (1, 20, 784):
        codes = components.codes(digits.floats(), count)
        flat = codes @ components.axes[:count] + components.mean
        lost = float((flat - torch.from_numpy(x)).square().sum())
        assert lost == pytest.approx(spread[count:].sum(), rel=1e-4, abs=0.01)


def test_each_component_more_loses_less(components: reduction.Components) -> None:
    x = shipped("test").floats(slice(0, 1))
    made, lost = reduction.kept(components, x)
    assert made.shape == (len(reduction.COMPONENTS), 1, 28, 28)
    assert 0 <= float(made.min()) <= float(made.max()) <= 1
    assert float(lost[0]) > 0.03 > float(lost[10]) > float(lost[-1])
    assert float(lost[-1]) < 1e-6
    at = reduction.COMPONENTS.index(20)
    again = reduction.errors(components, shipped("test").at(torch.tensor([0])), 20)
    assert float(again) == pytest.approx(float(lost[at]), abs=1e-7)
    assert float(squared_error(made[at : at + 1], x)) == pytest.approx(float(lost[at]))


def test_features_that_name_the_class_are_read_without_error() -> None:
    labels = torch.arange(200) % 10
    known = torch.eye(10)[labels] + 0.01 * torch.randn(200, 10, generator=_noise(0))
    found = features.read_errors(known, labels, known[:100], labels[:100], alike=False)
    assert found["probe_error"] == found["knn_error"] == found["probe_error_sem"] == 0
    none = torch.randn(200, 10, generator=_noise(1))
    guessed = features.read_errors(none, labels, none.flip(0), labels, alike=True)
    assert guessed["knn_error"] > 0.7
    share = guessed["knn_error"]
    assert guessed["knn_error_sem"] == pytest.approx((share * (1 - share) / 199) ** 0.5)


def test_a_model_without_a_mean_picture_is_refused() -> None:
    with pytest.raises(ValueError, match="vae-pixelcnn paints pixel by pixel"):
        features.check(recipes.get("vae-pixelcnn"))


def _noise(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)
