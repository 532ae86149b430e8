"""A folder of pictures: flat, one folder a class, or `train` and `test` (or `val`) of either."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from tqdm import tqdm

from vae_core.data import image_files
from vae_core.data.fitting import ENOUGH, SIDE, squared
from vae_core.data.gathered import Gathered, gathered
from vae_core.data.sets import NAME_LIMIT, known

LARGEST_SET, LARGEST_FILE = 200_000, 64 * 2**20
"""Pictures of a folder, and bytes of one."""
TRAIN, TEST = ("train", "training"), ("test", "val", "valid", "validation")
DEPTH = 4
"""Folders within each other that are looked into, below the one that is named."""


@dataclass(frozen=True)
class _Found:
    """Files of a part, in the order of their names, each with the name of its class or none."""

    files: Sequence[tuple[Path, str | None]]


def read(path: str | Path, polarity: str = "auto") -> Gathered:
    """The pictures under a folder, 28x28 and grey.

    Each is opened as an upload is, its middle square cut out and shrunk by area. What cannot be
    opened is left out and named.

    Args:
        path: the folder.
        polarity: see `gathered.gathered`.

    Raises:
        ValueError: it is no folder, holds too few pictures that can be opened, or too many files.
    """
    root = Path(path)
    if not root.is_dir():
        raise ValueError(f"there is no folder {str(path)!r}.")
    found = _parts(root)
    count = sum(len(part.files) for part in found.values())
    if not count:
        raise ValueError(f"the folder {str(path)!r} holds no files.")
    names = sorted({name for part in found.values() for _, name in part.files if name})
    left_out: list[str] = []
    with tqdm(total=count, unit="picture", file=sys.stderr, desc="reading") as bar:
        parts = {
            split: _opened(root, part, {name: i for i, name in enumerate(names)}, left_out, bar)
            for split, part in found.items()
        }
    if not any(len(images) for images, _ in parts.values()):
        raise ValueError(f"none of the {count} files in {str(path)!r} is a picture: {left_out[0]}")
    about = replace(known("folder"), title=root.resolve().name[:NAME_LIMIT] or "pictures")
    return gathered(about, _usable(parts), names, polarity, left_out)


def _usable(
    parts: dict[str, tuple[NDArray[np.uint8], list[int]]],
) -> dict[str, tuple[NDArray[np.uint8], list[int]]]:
    """The parts as they are; put together where one of two has no picture."""
    if all(len(images) for images, _ in parts.values()):
        return parts
    images = np.concatenate([images for images, _ in parts.values()])
    return {"all": (images, [label for _, labels in parts.values() for label in labels])}


def _parts(root: Path) -> dict[str, _Found]:
    """The files by split."""
    below = {each.name.lower(): each for each in root.iterdir() if each.is_dir()}
    train = next((below[name] for name in TRAIN if name in below), None)
    test = next((below[name] for name in TEST if name in below), None)
    if train is not None and test is not None:
        return {"train": _files(train), "test": _files(test)}
    return {"all": _files(root if train is None or len(below) > 1 else train)}


def _files(root: Path) -> _Found:
    """All files below `root`; of one folder a class, each goes by the folder right below it."""
    found: list[tuple[Path, str | None]] = []
    for folder, below, names in os.walk(root):
        inside = Path(folder).relative_to(root).parts
        below[:] = sorted(
            name for name in below if not name.startswith(".") and len(inside) < DEPTH
        )
        name = inside[0] if inside else None
        found += [(Path(folder, file), name) for file in sorted(names) if file[0] != "."]
        if len(found) > LARGEST_SET:
            raise ValueError(f"{root} holds more than {LARGEST_SET:,} files; take fewer.")
    if any(name is None for _, name in found):
        # Pictures beside the folders have no class, so that none has.
        found = [(file, None) for file, _ in found]
    return _Found(found)


def _opened(
    root: Path, part: _Found, places: dict[str, int], left_out: list[str], bar: tqdm[NoReturn]
) -> tuple[NDArray[np.uint8], list[int]]:
    """Pictures (n, 28, 28) and labels of those that can be opened; the others join `left_out`."""
    images: list[NDArray[np.uint8]] = []
    labels: list[int] = []
    for file, name in part.files:
        bar.update()
        try:
            images.append(squared(_open(file)))
        except ValueError as error:
            left_out.append(f"{file.relative_to(root)}: {error}")
            continue
        labels.append(places.get(name or "", 0))
    return np.stack(images) if images else np.empty((0, SIDE, SIDE), np.uint8), labels


def _open(file: Path) -> Image.Image:
    """One picture, upright, no larger than needed."""
    if not file.is_file():
        raise ValueError("It is not a file.")
    if file.stat().st_size > LARGEST_FILE:
        raise ValueError(f"The file is larger than {LARGEST_FILE // 2**20} MB.")
    return image_files.read(file, ENOUGH).image
