"""Test pictures beside a model's weights, and their set: `examples.png` and `examples.json`.

MNIST's ship with the package (`data.examples`); a model of another set brings its own, so that the
page needs no data set to show what it was trained on.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from vae_core import files
from vae_core.data.digits import Digits, permutation
from vae_core.data.loading import Pictures
from vae_core.data.sets import DataSet, known
from vae_core.runtime import whole_numbers

FILE, SHEET = "examples.json", "examples.png"
SIDE, COLUMNS, MOST = 28, 20, 500
LARGEST = 4 * 2**20
"""Bytes of a sheet: ours have a twentieth of that."""


@dataclass(frozen=True)
class Examples:
    """A set, some of its test pictures uint8 (n, 28, 28), their classes and places in the split."""

    about: DataSet
    pictures: NDArray[np.uint8]
    labels: tuple[int, ...]
    places: tuple[int, ...]
    sheet: bytes

    @property
    def digest(self) -> str:
        """A name for the sheet's bytes."""
        return hashlib.sha256(self.sheet).hexdigest()[:16]


def choose(test: Digits, about: DataSet) -> Digits:
    """At most 500 test pictures: classes in turn, each by a seeded permutation."""
    order = permutation(len(test), 5)
    if not about.labelled:
        return test.at(order[:MOST])
    labels = test.labels[order]
    each = max(1, MOST // len(about.classes))
    by_class = [order[labels == label][:each] for label in range(len(about.classes))]
    turns = max(map(len, by_class))
    chosen = [rows[turn] for turn in range(turns) for rows in by_class if turn < len(rows)]
    return test.at(torch.stack(chosen[:MOST]))


def write(folder: Path, about: DataSet, test: Digits) -> None:
    """Writes both files; ValueError when they cannot be written."""
    chosen = choose(test, about)
    rows = -(-len(chosen) // COLUMNS)
    tiles = np.zeros((rows * COLUMNS, SIDE, SIDE), np.uint8)
    tiles[: len(chosen)] = chosen.images[:, 0].numpy()
    sheet = tiles.reshape(rows, COLUMNS, SIDE, SIDE).swapaxes(1, 2)
    made = io.BytesIO()
    image = Image.fromarray(np.ascontiguousarray(sheet.reshape(rows * SIDE, COLUMNS * SIDE)))
    image.save(made, format="PNG", optimize=True)
    files.write_bytes(folder / SHEET, made.getvalue())
    places = {"labels": whole_numbers(chosen.labels), "places": whole_numbers(chosen.places)}
    said = json.dumps({"dataset": about.to_dict(), **places}, separators=(",", ":"))
    files.write_text(folder / FILE, said + "\n")


def remove(folder: Path) -> None:
    """Takes both files away, which an earlier model of another set had left."""
    for name in (FILE, SHEET):
        (folder / name).unlink(missing_ok=True)


def read(folder: Path) -> Examples | None:
    """What lies beside the weights; None where there is nothing.

    Raises:
        ValueError: it is damaged.
    """
    if not (folder / FILE).is_file():
        return None
    given = files.read_json(folder / FILE)
    about = DataSet.from_dict(given.get("dataset"))
    labels, places = (_numbers(folder, given, key) for key in ("labels", "places"))
    files.check_plain(folder / SHEET, LARGEST)
    raw = (folder / SHEET).read_bytes()
    pictures = _tiles(folder, raw)
    highest = max(labels, default=0)
    if not 0 < len(labels) == len(places) <= len(pictures) or highest >= max(1, len(about.classes)):
        raise _damaged(folder)
    return Examples(about, pictures[: len(labels)], labels, places, raw)


def pictures(
    folder: Path, dataset: str, data: str | Path | None = None, *, download: bool = False
) -> Pictures:
    """Where the pictures of the model in `folder` are: under `data`, light and dark as then."""
    turned = about(folder, dataset).inverted
    return Pictures(dataset, data, "invert" if turned else "keep", download)


def about(folder: Path, dataset: str) -> DataSet:
    """The set of the model in `folder`, whose config names it."""
    found = read(folder)
    return known(dataset) if found is None or found.about.name != dataset else found.about


def _numbers(folder: Path, given: Mapping[str, object], key: str) -> tuple[int, ...]:
    values = given.get(key)
    if not isinstance(values, list):
        raise _damaged(folder)
    listed = cast("list[object]", values)
    if len(listed) > MOST or not all(type(v) is int and v >= 0 for v in listed):
        raise _damaged(folder)
    return tuple(cast("list[int]", listed))


def _tiles(folder: Path, raw: bytes) -> NDArray[np.uint8]:
    """The pictures (n, 28, 28) of a sheet."""
    try:
        with Image.open(io.BytesIO(raw), formats=["PNG"]) as image:
            if image.mode != "L" or image.width != COLUMNS * SIDE or image.height > MOST * SIDE:
                raise _damaged(folder)
            sheet = np.asarray(image, dtype=np.uint8)
    except Exception as error:  # parsers raise anything on damaged files
        raise _damaged(folder) from error
    rows = sheet.shape[0] // SIDE
    tiles = sheet[: rows * SIDE].reshape(rows, SIDE, COLUMNS, SIDE).swapaxes(1, 2)
    return tiles.reshape(-1, SIDE, SIDE)


def _damaged(folder: Path) -> ValueError:
    return ValueError(f"{folder / FILE} or {SHEET} beside it is damaged; train again.")
