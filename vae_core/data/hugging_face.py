"""Image sets of the Hugging Face hub, or in its format, through the package datasets."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_core.data import image_files
from vae_core.data.fitting import ENOUGH, SIDE, squared
from vae_core.data.folders import LARGEST_SET
from vae_core.data.gathered import Gathered, gathered
from vae_core.data.sets import NAME_LIMIT, known

TEST = ("test", "validation", "valid")


class Rows(Protocol):
    """One split, as the package gives it: rows by name of the column, and what each column is."""

    features: Mapping[str, object]

    def __iter__(self) -> Iterator[Mapping[str, object]]: ...


def read(name: str, polarity: str = "auto") -> Gathered:
    """The pictures of a set, 28x28 and grey; its first column of pictures, its first of classes.

    Args:
        name: as `datasets.load_dataset` takes it: `user/name`, or a folder.
        polarity: see `gathered.gathered`.

    Raises:
        ValueError: the package is not installed, or the set cannot be had or holds no pictures.
    """
    splits = _load(name)
    first = next(iter(splits.values()))
    pictures, labels = _column(first, "Image"), _column(first, "ClassLabel")
    if pictures is None:
        raise ValueError(
            f"{name} holds no column of pictures; it has: {', '.join(first.features)}."
        )
    test = next((split for split in TEST if split in splits), None)
    chosen = {"train": "train", "test": test} if "train" in splits and test else None
    left_out: list[str] = []
    if chosen is None:
        parts = {"all": _part(splits.values(), pictures, labels, left_out)}
    else:
        parts = {
            part: _part([splits[str(split)]], pictures, labels, left_out)
            for part, split in chosen.items()
        }
    names = cast("Sequence[str]", getattr(first.features[labels], "names")) if labels else ()  # noqa: B009
    about = replace(known("huggingface"), title=name[-NAME_LIMIT:], source=f"{name} (hub)")
    return gathered(about, parts, names, polarity, left_out)


def _load(name: str) -> Mapping[str, Rows]:
    try:
        library = importlib.import_module("datasets")
    except ImportError as error:
        raise ValueError(
            "a data set of the hub needs the package datasets: pip install datasets."
        ) from error
    try:
        return cast("Mapping[str, Rows]", library.load_dataset(name))
    except Exception as error:  # the package raises anything: no line, no such set, a script
        reason = " ".join(str(error).split())[:200]
        raise ValueError(f"the data set {name!r} cannot be had: {reason}.") from error


def _column(rows: Rows, kind: str) -> str | None:
    found = (name for name, feature in rows.features.items() if type(feature).__name__ == kind)
    return next(found, None)


def _part(
    splits: Iterable[Rows], pictures: str, labels: str | None, left_out: list[str]
) -> tuple[NDArray[np.uint8], list[int]]:
    images: list[NDArray[np.uint8]] = []
    classes: list[int] = []
    every = (row for rows in splits for row in rows)
    for place, row in enumerate(islice(every, LARGEST_SET)):
        label = row[labels] if labels else 0
        picture = row[pictures]
        try:
            if not isinstance(picture, Image.Image) or not isinstance(label, int) or label < 0:
                raise ValueError("It has no picture or no class.")
            images.append(squared(image_files.read(picture, ENOUGH).image))
        except ValueError as error:
            left_out.append(f"row {place}: {error}")
            continue
        classes.append(label)
    return np.stack(images) if images else np.empty((0, SIDE, SIDE), np.uint8), classes
