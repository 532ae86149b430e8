"""The pictures of a run, epoch by epoch, and how they are read back."""

import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from small_models import random_digits, sparse, tiny_config

from vae_core import VAE
from vae_core.data.digits import Digits
from vae_core.models import Model
from vae_core.training import snapshots
from vae_core.training.snapshots import Snapshots

CPU = torch.device("cpu")


@pytest.fixture
def followed() -> Digits:
    plain = random_digits(30)
    return Digits(plain.images, torch.arange(30) % 10, plain.places)


def taken(followed: Digits, folder: Path, model: Model, epochs: int, done: int = 0) -> Snapshots:
    shots = Snapshots(followed, folder, done, seed=0)
    for epoch in range(done + 1, epochs + 1):
        shots.add(model.eval(), CPU, epoch)
    shots.write(folder)
    return shots


def test_rows_come_back_as_they_were(followed: Digits, tmp_path: Path):
    model = VAE(tiny_config())
    taken(followed, tmp_path, model, 3)
    rows = snapshots.read(tmp_path)
    assert rows is not None
    assert rows.shape == (3, 20, 28, 28)
    with torch.no_grad():
        rebuilt = model.reconstruct(followed.floats(slice(0, 10)))
    expected = (255 * rebuilt[:, 0]).round().byte().numpy()
    np.testing.assert_array_equal(rows[1, :10], expected)
    np.testing.assert_array_equal(rows[0], rows[2])  # the same digits and the same noise


def test_a_model_without_a_prior_rebuilds_only(followed: Digits, tmp_path: Path):
    taken(followed, tmp_path, sparse(3), 1)
    rows = snapshots.read(tmp_path)
    assert rows is not None
    assert rows.shape == (1, 10, 28, 28)


def test_a_run_that_goes_on_keeps_its_rows(followed: Digits, tmp_path: Path):
    first, second = (VAE(tiny_config()) for _ in range(2))
    taken(followed, tmp_path, first, 3)
    before = snapshots.read(tmp_path)
    taken(followed, tmp_path, second, 4, done=2)  # the third epoch was not saved
    rows = snapshots.read(tmp_path)
    assert rows is not None
    assert before is not None
    np.testing.assert_array_equal(rows[:2], before[:2])
    assert (rows[2] != before[2]).any()


def test_rows_that_are_missing_are_black(followed: Digits, tmp_path: Path):
    taken(followed, tmp_path, VAE(tiny_config()), 5, done=3)
    rows = snapshots.read(tmp_path)
    assert rows is not None
    assert [bool(row.any()) for row in rows] == [False, False, False, True, True]


def test_ten_digits_also_where_a_class_lacks():
    assert snapshots.one_of_each(torch.arange(20) // 2).tolist() == list(range(0, 20, 2))
    assert len(snapshots.one_of_each(torch.zeros(30, dtype=torch.int64))) == 10


@pytest.mark.parametrize("size", [(560, 27), (561, 28), (28, 28), (560, 28 * 1001)])
def test_other_pictures_are_not_read(tmp_path: Path, size: tuple[int, int]):
    Image.new("L", size).save(tmp_path / snapshots.FILE)
    assert snapshots.read(tmp_path) is None
    Image.new("RGB", (560, 28)).save(tmp_path / snapshots.FILE)
    assert snapshots.read(tmp_path) is None


def test_a_damaged_file_is_not_read(tmp_path: Path):
    assert snapshots.read(tmp_path) is None
    (tmp_path / snapshots.FILE).write_bytes(b"no picture")
    assert snapshots.read(tmp_path) is None


def test_a_named_pipe_is_not_waited_for(tmp_path: Path):
    os.mkfifo(tmp_path / snapshots.FILE)
    assert snapshots.read(tmp_path) is None
