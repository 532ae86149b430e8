"""LeCun's IDX files as torchvision lays them out: MNIST and its cousins, read strictly."""

from __future__ import annotations

import math
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from vae_core.data import checksums

SIDE = 28


@dataclass(frozen=True, kw_only=True)
class Files:
    """The four files of a set under `folder`/raw, and how they are to be understood.

    `counts` and `stems` by split; `columns` of its labels, of which the first is the class; `first`
    what the first class is called there; `sideways` where rows and columns are swapped.
    `checksums` are the MD5 of the unpacked files, where they are known; see `checksums.py`.
    `loader` is torchvision's class with its arguments.
    """

    title: str
    folder: str
    loader: str
    counts: Mapping[str, int]
    stems: Mapping[str, tuple[str, str]]
    columns: int = 1
    first: int = 0
    classes: int = 10
    sideways: bool = False
    checksums: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[Mapping[str, object], ...] = ({},)

    def paths(self, root: Path, split: str) -> tuple[Path, Path]:
        """The files of a split: pictures and labels."""
        images, labels = self.stems[split]
        return root / self.folder / "raw" / images, root / self.folder / "raw" / labels


def _stems(train: str, test: str, labels: str = "labels-idx1-ubyte") -> dict[str, tuple[str, str]]:
    return {
        split: (f"{stem}-images-idx3-ubyte", f"{stem}-{labels}")
        for split, stem in (("train", train), ("test", test))
    }


_COUNTS = {"train": 60_000, "test": 10_000}
_PLAIN = _stems("train", "t10k")
FILES: Mapping[str, Files] = {
    "mnist": Files(
        title="MNIST", folder="MNIST", loader="MNIST", counts=_COUNTS, stems=_PLAIN,
        checksums=checksums.MNIST,
    ),
    "fashion-mnist": Files(
        title="FashionMNIST", folder="FashionMNIST", loader="FashionMNIST", counts=_COUNTS,
        stems=_PLAIN, checksums=checksums.FASHION,
    ),
    "kmnist": Files(
        title="KMNIST", folder="KMNIST", loader="KMNIST", counts=_COUNTS, stems=_PLAIN
    ),
    "emnist-letters": Files(
        title="EMNIST letters", folder="EMNIST", loader="EMNIST",
        counts={"train": 124_800, "test": 20_800},
        stems=_stems("emnist-letters-train", "emnist-letters-test"),
        first=1, classes=26, sideways=True, arguments=({"split": "letters"},),
    ),
    "qmnist": Files(
        title="QMNIST", folder="QMNIST", loader="QMNIST",
        counts={"train": 60_000, "test": 60_000},
        stems=_stems("qmnist-train", "qmnist-test", "labels-idx2-int"), columns=8,
        arguments=({"what": "train"}, {"what": "test"}),
    ),
}  # fmt: skip
"""How the sets of `sets.SETS` that torchvision knows lie on the disk."""


def read(name: str, split: str, root: Path, *, download: bool = False) -> tuple[Tensor, Tensor]:
    """One split: pictures uint8 (n, 1, 28, 28) and labels int64 (n,), counted from 0.

    Raises:
        ValueError: a file is not there, or is not what its name says.
    """
    files = FILES[name]
    if split not in files.counts:
        raise ValueError(f"split is {split!r}; it must be train or test.")
    if download:
        fetch(files, root)
    count = files.counts[split]
    first, second = files.paths(root, split)
    images = _pixels(files, first, (count, SIDE, SIDE))
    shape = (count,) if files.columns == 1 else (count, files.columns)
    labels = _pixels(files, second, shape)
    classes = (labels if files.columns == 1 else labels[:, 0]).long() - files.first
    if classes.min() < 0 or classes.max() >= files.classes:
        raise ValueError(f"{second} is damaged: it holds labels that {files.title} has not.")
    return (images.transpose(1, 2) if files.sideways else images).unsqueeze(1), classes


def _pixels(files: Files, path: Path, shape: tuple[int, ...]) -> Tensor:
    """A tensor from one file, uint8 or int32, which must have `shape`."""
    if not path.is_file():
        raise ValueError(
            f"{files.title} is not at {path}{_hint(path)}; name its folder with --data, "
            "or fetch it with --download (in Python: download=True)."
        )
    wide = path.name.endswith("-int")
    kind = np.dtype(">i4" if wide else np.uint8)
    header, values = 4 + 4 * len(shape), math.prod(shape)
    raw = path.read_bytes()
    start = bytes((0, 0, 12 if wide else 8, len(shape)))
    sizes = tuple(int(v) for v in np.frombuffer(raw[4:header], ">i4"))
    whole = len(raw) == header + values * kind.itemsize
    if not (whole and sizes == shape and raw[:4] == start):
        raise ValueError(f"{path} is damaged: it does not hold {values} bytes shaped {shape}.")
    checksums.check(files.title, files.folder, files.checksums, path, raw)
    found = np.frombuffer(raw, kind, values, header).reshape(shape)
    return torch.from_numpy(found.astype(np.int32 if wide else np.uint8))


def _hint(path: Path) -> str:
    """What lies in its place, where something does."""
    if path.with_name(f"{path.name}.gz").is_file():
        return f", but {path.name}.gz is: unpack it with gunzip"
    return ""


def fetch(files: Files, root: Path) -> None:
    """The files that are missing or damaged, by torchvision, into `root`.

    It looks only whether a file exists, so it loads into a folder beside; and it is imported only
    here, since that is slow.
    """
    every = [path for split in files.counts for path in files.paths(root, split)]
    missing = [path for path in every if not _is_whole(files, path)]
    if not missing:
        return
    from torchvision import datasets

    try:
        missing[0].parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root, prefix=".download-") as beside:
            for arguments in files.arguments:
                getattr(datasets, files.loader)(beside, download=True, **arguments)
            for path in missing:
                (Path(beside) / files.folder / "raw" / path.name).replace(path)
        if not files.checksums:
            checksums.write_record(missing)
    except (RuntimeError, OSError) as error:
        raise ValueError(f"{files.title} could not be downloaded into {root}: {error}.") from error


def _is_whole(files: Files, path: Path) -> bool:
    if not path.is_file():
        return False
    try:
        checksums.check(files.title, files.folder, files.checksums, path, path.read_bytes())
    except ValueError:
        return False
    return True
