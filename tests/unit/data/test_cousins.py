"""The IDX files of MNIST's cousins, made small: read strictly, each as its set has it."""

from __future__ import annotations

import dataclasses
import gzip
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from vae_core import data
from vae_core.data import checksums, idx


def write(path: Path, values: np.ndarray) -> None:
    code = {"uint8": 8, ">i4": 12}[values.dtype.str if values.dtype.itemsize > 1 else "uint8"]
    path.parent.mkdir(parents=True, exist_ok=True)
    sizes = b"".join(size.to_bytes(4, "big") for size in values.shape)
    path.write_bytes(bytes((0, 0, code, values.ndim)) + sizes + values.tobytes())


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every set with 12 training and 6 test pictures."""
    tiny = {
        name: dataclasses.replace(files, counts={"train": 12, "test": 6}, checksums={})
        for name, files in idx.FILES.items()
    }
    monkeypatch.setattr(idx, "FILES", tiny)


def made(root: Path, name: str, split: str, labels: np.ndarray) -> np.ndarray:
    images, classes = idx.FILES[name].paths(root, split)
    pixels = np.random.default_rng(0).integers(0, 256, (len(labels), 28, 28), dtype=np.uint8)
    write(images, pixels)
    write(classes, labels)
    return pixels


def damage(path: Path) -> None:
    """Change the last byte of a file."""
    raw = path.read_bytes()
    path.write_bytes(raw[:-1] + bytes((raw[-1] ^ 1,)))


@pytest.mark.usefixtures("small")
def test_fashion_has_mnists_layout_in_a_folder_of_its_own(tmp_path: Path):
    pixels = made(tmp_path, "fashion-mnist", "test", np.arange(6, dtype=np.uint8))
    found = data.load("test", tmp_path, dataset="fashion-mnist")
    assert torch.equal(found.images[:, 0], torch.from_numpy(pixels))
    assert found.labels.tolist() == [*range(6)]
    assert data.describe("fashion-mnist").classes[9] == "ankle boot"
    made(tmp_path, "fashion-mnist", "test", np.full(6, 10, np.uint8))
    with pytest.raises(ValueError, match="labels that FashionMNIST has not"):
        data.load("test", tmp_path, dataset="fashion-mnist")


@pytest.mark.usefixtures("small")
def test_letters_are_counted_from_0_and_stand_upright(tmp_path: Path):
    pixels = made(tmp_path, "emnist-letters", "train", np.arange(15, 27, dtype=np.uint8))
    found = data.load("train", tmp_path, dataset="emnist-letters")
    assert torch.equal(found.images[:, 0].mT, torch.from_numpy(pixels))
    assert found.labels.tolist() == [*range(14, 26)]


@pytest.mark.usefixtures("small")
def test_qmnists_labels_are_the_first_of_eight_columns(tmp_path: Path):
    labels = np.tile(np.arange(12)[:, None] % 10, (1, 8)).astype(">i4")
    labels[:, 1:] = 70_000
    made(tmp_path, "qmnist", "train", labels)
    found = data.load("train", tmp_path, dataset="qmnist")
    assert found.labels.tolist() == [*range(10), 0, 1]


@pytest.mark.usefixtures("small")
def test_a_file_of_another_kind_or_size_is_refused(tmp_path: Path):
    made(tmp_path, "kmnist", "test", np.zeros(7, np.uint8))
    with pytest.raises(ValueError, match="damaged"):
        data.load("test", tmp_path, dataset="kmnist")
    with pytest.raises(ValueError, match=r"KMNIST is not at .*--data"):
        data.load("train", tmp_path, dataset="kmnist")


def test_mnist_in_the_folder_of_its_cousin_is_recognised(tmp_path: Path, mnist_dir: Path):
    name = "t10k-images-idx3-ubyte"
    (tmp_path / "KMNIST" / "raw").mkdir(parents=True)
    (tmp_path / "KMNIST" / "raw" / name).write_bytes(
        (mnist_dir / "MNIST" / "raw" / name).read_bytes()
    )
    with pytest.raises(ValueError, match="holds MNIST, not KMNIST"):
        data.load("test", tmp_path, dataset="kmnist")


@pytest.mark.usefixtures("small")
def test_a_file_that_changed_since_it_was_fetched_is_damaged(tmp_path: Path):
    made(tmp_path, "emnist-letters", "test", np.arange(1, 7, dtype=np.uint8))
    paths = idx.FILES["emnist-letters"].paths(tmp_path, "test")
    checksums.write_record(paths)
    data.load("test", tmp_path, dataset="emnist-letters")
    damage(paths[0])
    with pytest.raises(ValueError, match=r"images.* is damaged: .*fetch it again with --download"):
        data.load("test", tmp_path, dataset="emnist-letters")


@pytest.mark.usefixtures("small")
def test_an_archive_beside_a_file_says_what_it_must_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    made(tmp_path, "kmnist", "test", np.arange(6, dtype=np.uint8))
    path = idx.FILES["kmnist"].paths(tmp_path, "test")[0]
    archive = path.with_name(f"{path.name}.gz")
    archive.write_bytes(gzip.compress(path.read_bytes()))
    with pytest.raises(ValueError, match=r"gz is damaged: its checksum is not that of KMNIST"):
        data.load("test", tmp_path, dataset="kmnist")
    listed = {archive.name: checksums.digest(archive.read_bytes())}
    monkeypatch.setattr(checksums, "ARCHIVES", {"KMNIST": listed})
    data.load("test", tmp_path, dataset="kmnist")
    damage(path)
    with pytest.raises(
        ValueError, match=r"ubyte is damaged: it is not what .*\.gz beside it holds"
    ):
        data.load("test", tmp_path, dataset="kmnist")


@pytest.mark.long
def test_the_archives_are_those_that_torchvision_lists():
    datasets = pytest.importorskip("torchvision.datasets")
    for name, archives in checksums.ARCHIVES.items():
        listed = getattr(datasets, name).resources
        pairs = listed if isinstance(listed, list) else [*listed["train"], *listed["test"]]
        assert archives == {file.rpartition("/")[2]: md5 for file, md5 in pairs}


def test_what_is_fetched_is_written_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    files = idx.FILES["kmnist"]
    every = [path for split in files.counts for path in files.paths(Path(), split)]

    def fetched(beside: str, **_: object) -> None:
        for path in every:
            (Path(beside) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(beside) / path).write_bytes(path.name.encode())

    datasets = SimpleNamespace(KMNIST=fetched)
    monkeypatch.setitem(sys.modules, "torchvision", SimpleNamespace(datasets=datasets))
    idx.fetch(files, tmp_path)
    first = tmp_path / every[0]
    first.write_bytes(b"damaged")
    idx.fetch(files, tmp_path)
    assert first.read_bytes() == first.name.encode()


def test_clothes_are_known_by_their_checksums(tmp_path: Path, mnist_dir: Path):
    name = "t10k-labels-idx1-ubyte"
    held = mnist_dir / "FashionMNIST" / "raw" / name
    if not held.is_file():
        pytest.skip("FashionMNIST is not beside MNIST")
    raw = held.read_bytes()
    files = idx.FILES["fashion-mnist"]
    checksums.check(files.title, files.folder, files.checksums, held, raw)
    with pytest.raises(ValueError, match="does not hold FashionMNIST: its checksum differs"):
        checksums.check(
            files.title, files.folder, files.checksums, held, raw[:-1] + bytes((raw[-1] ^ 1,))
        )
