"""The area under the ROC curve, against scikit-learn; its error, against draws again."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score

from vae_core.uses.auroc import Area, auroc, mean


@pytest.mark.parametrize("levels", [5, 10_000])
def test_the_area_is_that_of_scikit_learn(levels: int) -> None:
    """With few levels most scores are ties."""
    noise = torch.Generator().manual_seed(0)
    normal = (torch.randn(300, generator=noise) * levels / 3).round()
    odd = ((torch.randn(70, generator=noise) + 1) * levels / 3).round()
    truth = np.r_[np.zeros(300), np.ones(70)]
    expected = roc_auc_score(truth, torch.cat((normal, odd)).numpy())
    assert auroc(normal, odd).value == pytest.approx(expected, abs=1e-12)


def test_the_error_is_the_spread_of_other_draws() -> None:
    noise = torch.Generator().manual_seed(1)
    areas = [
        auroc(torch.randn(150, generator=noise), 1 + torch.randn(60, generator=noise))
        for _ in range(400)
    ]
    spread = float(np.std([area.value for area in areas], ddof=1))
    assert np.mean([area.sem for area in areas]) == pytest.approx(spread, rel=0.1)


def test_parted_scores_have_the_whole_area() -> None:
    low, high = torch.arange(5.0), torch.arange(5.0) + 9
    assert auroc(low, high) == Area(1.0, 0.0)
    assert auroc(high, low) == Area(0.0, 0.0)


def test_the_mean_of_areas() -> None:
    assert mean([Area(0.5, 0.03), Area(0.9, 0.04)]) == pytest.approx((0.7, 0.025))


def test_what_has_no_area() -> None:
    with pytest.raises(ValueError, match="1 normal and 5 odd"):
        auroc(torch.zeros(1), torch.zeros(5))
    with pytest.raises(ValueError, match="NaN"):
        auroc(torch.zeros(5), torch.tensor([0.0, torch.nan]))
