"""The shipped classifier, and how it refuses what is not one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from vae_core import classifier, files
from vae_core.classifier import pictures
from vae_core.classifier.model import NOT_A_DIGIT, Classifier, load_classifier
from vae_core.classifier.training import augment, save, train
from vae_core.digitize import judge


def test_the_shape_is_checked() -> None:
    with pytest.raises(ValueError, match=r"x has the shape \(2, 28, 28\)"):
        Classifier().probs(torch.zeros(2, 28, 28))


def test_a_bad_folder_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"has no config.json"):
        load_classifier(tmp_path)
    (tmp_path / "config.json").write_text('{"widths": [4, 8, 8, 8]}')
    (tmp_path / "model.safetensors").write_bytes(b"not safe at all")
    with pytest.raises(ValueError, match="damaged or belongs to another network"):
        load_classifier(tmp_path)
    (tmp_path / "model.safetensors").unlink()
    os.mkfifo(tmp_path / "model.safetensors")  # its reader would wait for ever
    with pytest.raises(ValueError, match="damaged or belongs to another network"):
        load_classifier(tmp_path)


def test_a_classifier_of_other_numbers_is_refused(tmp_path: Path) -> None:
    model = Classifier((4, 8, 8, 8)).eval()
    save(model, tmp_path, {"test_error": 1.0})
    wide = {name: tensor.double() for name, tensor in model.state_dict().items()}
    files.write_tensors(tmp_path / "model.safetensors", wide)
    with pytest.raises(ValueError, match="damaged or belongs to another network"):
        load_classifier(tmp_path)


def test_saving_and_loading_gives_the_same_answers(tmp_path: Path) -> None:
    model = Classifier((4, 8, 8, 8)).eval()
    save(model, tmp_path, {"test_error": 1.0})
    x = torch.rand(3, 1, 28, 28)
    assert torch.equal(load_classifier(tmp_path)(x), model(x))


def test_augmentation_keeps_the_range_and_the_place() -> None:
    x = torch.zeros(8, 1, 28, 28)
    x[:, :, 8:20, 12:16] = 1
    moved = augment(x, torch.Generator().manual_seed(0))
    assert moved.shape == x.shape
    assert moved.min() >= 0
    assert moved.max() <= 1
    middle = (moved * torch.arange(28.0)).sum((1, 2, 3)) / moved.sum((1, 2, 3))
    assert (middle - 13.5).abs().max() < 4


def test_training_learns_what_is_easy() -> None:
    """Two bars, one upright and one level, told apart after a few steps."""
    rng = np.random.default_rng(0)
    images = np.zeros((256, 1, 28, 28), np.uint8)
    labels = rng.integers(0, 2, 256)
    for image, label in zip(images, labels, strict=True):
        if label:
            image[0, 4:24, 12:16] = 255
        else:
            image[0, 12:16, 4:24] = 255
    x, y = torch.from_numpy(images), torch.from_numpy(labels).long()
    model = train(x, y, epochs=12, batch=32, seed=0, log=False)
    assert NOT_A_DIGIT == 10
    assert (model.probs(x.float() / 255).argmax(1) == y).double().mean() > 0.95


def test_one_rule_finds_the_classifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    named, chosen, packaged = (tmp_path / name for name in ("named", "chosen", "packaged"))
    monkeypatch.setattr("vae_core.classifier.model.DEFAULT_FOLDER", packaged / "classifier")
    monkeypatch.setenv("VAE_CHECKPOINTS", str(chosen))
    with pytest.raises(ValueError, match=r"There is no classifier in .*named.* or .*chosen"):
        classifier.find(named)
    for root in (packaged, chosen, named):  # each goes before those that were there
        (root / "classifier").mkdir(parents=True)
        (root / "classifier" / "config.json").write_text("{}")
        assert classifier.find(named) == root / "classifier"
    assert classifier.find() == chosen / "classifier"


def test_a_digitizer_without_its_classifier_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vae_core.classifier.model.DEFAULT_FOLDER", tmp_path / "classifier")
    monkeypatch.setenv("VAE_CHECKPOINTS", str(tmp_path))
    judge._say.cache_clear()
    picture = np.zeros((28, 28), np.uint8)
    with pytest.warns(UserWarning, match="There is no classifier in .* Shapes alone decide"):
        assert judge.not_a_digit([picture]) == [0.0]
    assert judge.not_a_digit([picture, picture]) == [0.0, 0.0]  # and not again
    (tmp_path / "classifier").mkdir()
    (tmp_path / "classifier" / "config.json").write_text("{")
    with pytest.warns(UserWarning, match=r"has no model.safetensors. Shapes alone decide"):
        assert judge.not_a_digit([picture]) == [0.0]


def test_photos_that_are_not_here_are_asked_for_in_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "skimage", None)
    monkeypatch.setitem(sys.modules, "skimage.data", None)
    with pytest.raises(ValueError, match=r"pip install scikit-image\.$"):
        pictures.mistaken(1, seed=0)
