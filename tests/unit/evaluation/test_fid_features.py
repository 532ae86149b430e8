"""The net of FID stays what it was, whatever becomes of the classifier."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from vae_core import classifier, files
from vae_core.classifier.model import Classifier
from vae_core.classifier.training import save
from vae_core.data.digits import Digits
from vae_core.evaluation import fid_features, samples

PINNED = [-0.01723, -0.04256, 0.41893, 0.36934, 0.45047, 0.43625, 0.36888]


def test_the_file_is_the_one_that_the_figures_were_taken_in():
    assert files.fingerprint(fid_features.FILE) == fid_features.SHA256
    assert fid_features.FILE.stat().st_size < 10_000_000


def test_its_features_are_pinned():
    """A change of the classifier's code would move every FID as one of its weights does."""
    ramp = torch.linspace(0, 1, 784).view(1, 1, 28, 28)
    embedded = fid_features.load().embed(torch.cat((ramp, ramp.mT)))
    assert embedded.shape == (2, 1536)
    measured = [*embedded.mean(1).tolist(), *embedded.std(1).tolist(), *embedded[0, :3].tolist()]
    assert measured == pytest.approx(PINNED, abs=1e-4)


def test_another_file_is_refused(tmp_path: Path):
    other = tmp_path / "features.safetensors"
    with pytest.raises(ValueError, match="missing"):
        fid_features.load(file=other)
    files.write_tensors(other, Classifier(fid_features.WIDTHS).state_dict())
    with pytest.raises(ValueError, match="not the frozen net of FID"):
        fid_features.load(file=other)
    shutil.copy(fid_features.FILE, other)
    assert isinstance(fid_features.load(file=other), Classifier)


def test_a_classifier_trained_again_moves_no_figure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(samples, "PARTS", 1)
    noise = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (300, 1, 28, 28), generator=noise).byte()
    digits = Digits(images, torch.arange(300) % 10, torch.arange(300))
    before = samples.Real.of(digits, digits.drawn(100)).figures
    save(Classifier(), tmp_path / "classifier", {})
    monkeypatch.setenv("VAE_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(classifier, "DEFAULT_FOLDER", tmp_path / "classifier")
    assert samples.Real.of(digits, digits.drawn(100)).figures == before
