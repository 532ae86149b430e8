"""Data that are not what they seem."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from vae_core import data


@pytest.fixture
def copied(mnist_dir: Path, tmp_path: Path) -> Path:
    shutil.copytree(mnist_dir / "MNIST" / "raw", tmp_path / "MNIST" / "raw")
    return tmp_path


def test_another_data_set_is_not_measured_as_mnist(copied: Path):
    path = copied / "MNIST" / "raw" / "t10k-images-idx3-ubyte"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(ValueError, match="FashionMNIST and others"):
        data.load_mnist("test", copied)


def test_clothes_in_the_place_of_digits_are_called_so(copied: Path, data_dir: Path):
    clothes = data_dir / "FashionMNIST" / "raw" / "t10k-images-idx3-ubyte"
    if not clothes.is_file():
        pytest.skip("FashionMNIST is not here")
    shutil.copy(clothes, copied / "MNIST" / "raw")
    with pytest.raises(ValueError, match="holds FashionMNIST, not MNIST"):
        data.load_mnist("test", copied)


def test_a_download_repairs_a_file_cut_short(
    copied: Path, mnist_dir: Path, monkeypatch: pytest.MonkeyPatch
):
    datasets = pytest.importorskip("torchvision.datasets")
    path = copied / "MNIST" / "raw" / "train-images-idx3-ubyte"
    path.write_bytes(path.read_bytes()[:100_000])

    def fetch(root: str, download: bool) -> None:
        shutil.copytree(mnist_dir / "MNIST" / "raw", Path(root) / "MNIST" / "raw")

    monkeypatch.setattr(datasets, "MNIST", fetch)
    assert len(data.load_mnist("train", copied, download=True)) == 60_000
    assert sorted(p.name for p in copied.iterdir()) == ["MNIST"]
