"""The file of small models: rounding that is bounded, curves that are those of scikit-learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.metrics import roc_auc_score
from small_models import random_digits, tiny_config

from vae_core import checkpoint
from vae_core.data.digits import Digits
from vae_core.models import build
from vae_core.uses import anomaly, anomaly_scores, detectors
from vae_core.uses.auroc import Area
from vae_core.uses.detectors import Curve


def labelled(count: int) -> Digits:
    digits = random_digits(count)
    return Digits(digits.images, torch.arange(count) % 10, digits.places)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkpoint with twenty models of hardly any training, of random pictures."""
    monkeypatch.setattr(anomaly, "STEPS", 1)
    monkeypatch.setattr(detectors, "shipped", lambda _: labelled(80))
    monkeypatch.setattr(detectors, "load_mnist", lambda *_, **__: labelled(200))
    torch.manual_seed(0)
    checkpoint.save(build(tiny_config(ema=0.0)).eval(), tmp_path / "tiny")
    return tmp_path / "tiny"


def test_what_is_kept_is_what_was_measured(folder: Path) -> None:
    said = detectors.save(folder, device="cpu")
    assert said["bytes"] == (folder / detectors.FILE).stat().st_size
    test = labelled(80)
    chosen: tuple[tuple[anomaly.Mode, int], ...] = (("one", 3), ("held-out", 8))
    for mode, digit in chosen:
        kept = detectors.read(folder, mode, digit)
        found = anomaly_scores.scores(kept.detector, test)["relative"].numpy()
        is_odd = ~anomaly.is_normal(mode, digit, test.labels).numpy()
        assert (kept.normal, kept.odd) == ((~is_odd).sum(), is_odd.sum())
        curve = kept.curves["relative"]
        assert curve.area.value == pytest.approx(roc_auc_score(is_odd, found), abs=1e-6)
        figures = said[mode]
        assert isinstance(figures, dict)
        assert figures["auroc_per_digit"][str(digit)] == pytest.approx(curve.area.value)


def test_a_curve_gives_the_shares_above_a_score() -> None:
    noise = np.random.default_rng(0)
    normal, odd = noise.normal(0, 1, 4000), noise.normal(2, 1, 4000)
    ranks = np.linspace(0, 1, detectors.RANKS)
    parts = [torch.from_numpy(np.quantile(part, ranks)) for part in (normal, odd)]
    curve = Curve(parts[0].float(), parts[1].float(), Area(0.9, 0.01))
    for score in (-9.0, -1.0, 0.3, 2.0, 9.0):
        expected = (normal > score).mean(), (odd > score).mean()
        assert curve.rates(score) == pytest.approx(expected, abs=2e-3)


def test_rounding_moves_a_weight_by_half_a_step_at_most() -> None:
    weights = torch.randn(5, 7, generator=torch.Generator().manual_seed(0))
    whole, scale = detectors.rounded(weights)
    assert whole.dtype == torch.int8
    assert ((whole * scale - weights).abs() <= scale / 2 + 1e-7).all()
    assert torch.equal(detectors.rounded(torch.zeros(3))[0], torch.zeros(3, dtype=torch.int8))


def test_a_foreign_or_missing_file_is_named(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"detectors\.safetensors is missing"):
        detectors.read(folder, "one", 0)
    from vae_core import files

    files.write_tensors(folder / detectors.FILE, {"a": torch.zeros(1)}, {"recipe": "other"})
    with pytest.raises(ValueError, match="of another recipe"):
        detectors.read(folder, "one", 0)
    files.write_tensors(folder / detectors.FILE, {"a": torch.zeros(1)}, {"recipe": "tiny"})
    with pytest.raises(ValueError, match=r"is damaged: one\.0 cannot be read"):
        detectors.read(folder, "one", 0)
