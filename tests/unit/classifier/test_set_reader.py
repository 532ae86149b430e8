"""A reader for any labelled set: trained, kept beside the weights, gone with them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch

from vae_core import VAE, checkpoint, files
from vae_core.checkpoint import companions, examples
from vae_core.classifier import set_reader
from vae_core.classifier.reader_training import shifted, train_reader
from vae_core.data import Digits
from vae_core.data.sets import DataSet


def bars(count: int) -> tuple[np.ndarray, np.ndarray]:
    """White bars on black, lying (0) and standing (1)."""
    images, labels = np.zeros((count, 28, 28), np.uint8), np.arange(count) % 2
    for i, label in enumerate(labels):
        place = 4 + i % 18
        images[i, place : place + 3] = 255
        if label:
            images[i] = images[i].T.copy()
    return images, labels


@pytest.fixture
def folder(tmp_path: Path, model: VAE) -> Path:
    """A checkpoint of a set of bars, which lie in bars.npz beside it."""
    images, labels = bars(120)
    np.savez(tmp_path / "bars.npz", images=images, labels=labels, classes=["lying", "standing"])
    model.config = dataclasses.replace(model.config, dataset="npz")
    checkpoint.save(model, tmp_path / "model")
    about = DataSet(name="npz", title="bars", classes=("lying", "standing"))
    rows = torch.arange(120)
    pixels = torch.from_numpy(images)[:, None]
    examples.write(tmp_path / "model", about, Digits(pixels, torch.from_numpy(labels), rows))
    return tmp_path / "model"


def test_it_reads_its_set_and_is_bound_to_the_weights(folder: Path):
    settings = {"epochs": 10, "batch_size": 16, "device": "cpu"}
    said = train_reader(folder, data=folder.parent / "bars.npz", **settings)  # type: ignore[arg-type]
    assert (said["classes"], said["n_images"]) == (["lying", "standing"], 12)
    reader = set_reader.read(folder)
    assert reader is not None
    images, labels = bars(20)
    x = torch.from_numpy(images)[:, None].float() / 255
    read = reader.net.probabilities(x).argmax(1)
    assert (read.numpy() == labels).mean() > 0.9
    assert reader.error == pytest.approx(said["test_error"], abs=1e-6)
    weights = files.read_tensors(folder / checkpoint.WEIGHTS)
    changed = {name: value + 1 for name, value in weights.items()}
    files.write_tensors(folder / checkpoint.WEIGHTS, changed)
    assert set_reader.read(folder) is None
    assert companions.outdated(folder) == [companions.READER]


def test_a_set_without_classes_and_digits_are_refused(folder: Path, model: VAE):
    images, _ = bars(40)
    np.savez(folder.parent / "plain.npz", images=images)
    with pytest.raises(ValueError, match="has no classes"):
        train_reader(folder, data=folder.parent / "plain.npz")
    model.config = dataclasses.replace(model.config, dataset="mnist")
    checkpoint.save(model, folder.parent / "digits")
    with pytest.raises(ValueError, match="has a reader already"):
        train_reader(folder.parent / "digits")


def test_a_damaged_reader_is_one_sentence(folder: Path):
    mark = {"weights_sha256": files.fingerprint(folder / checkpoint.WEIGHTS)}
    files.write_tensors(folder / companions.READER, {"a": torch.zeros(1)}, mark)
    with pytest.raises(ValueError, match="does not name its classes"):
        set_reader.read(folder)
    files.write_tensors(
        folder / companions.READER, {"a": torch.zeros(1)}, {**mark, "classes": '["a", "b"]'}
    )
    with pytest.raises(ValueError, match="does not fit"):
        set_reader.read(folder)


def test_a_shift_moves_the_picture_and_repeats_its_border():
    images = torch.arange(784).view(1, 1, 28, 28) % 251
    found = {
        tuple(shifted(images, torch.Generator().manual_seed(seed))[0, 0, 10, 8:12].tolist())
        for seed in range(40)
    }
    assert len(found) > 10


def test_examples_beside_a_model_are_read_back(folder: Path):
    found = examples.read(folder)
    assert found is not None
    assert (len(found.pictures), found.labels[:4]) == (120, (0, 1, 0, 1))
    assert found.about.classes == ("lying", "standing")
    images, _ = bars(120)
    assert np.array_equal(found.pictures[0], images[found.places[0]])
    (folder / examples.SHEET).write_bytes(b"nothing")
    with pytest.raises(ValueError, match="damaged"):
        examples.read(folder)
