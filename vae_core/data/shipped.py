"""Digits that ship with the package: MNIST's test set and 10,000 of its training digits.

Each part is one sheet of 100 x 100 digits, a grey PNG that a browser can show as well, and a JSON
file beside it with their labels and places. `python -m vae_core.data.shipped DIR` makes both from
the MNIST files under DIR, pixel for pixel the same.
"""

from __future__ import annotations

import json
import sys
from functools import cache
from pathlib import Path
from typing import cast

import numpy as np
import torch
from PIL import Image

from vae_core.data.digits import SPLITS, Digits, load_mnist
from vae_core.files import ASSETS, check_plain, read_json, write_text
from vae_core.runtime import from_array

COUNT, COLUMNS, SIDE = 10_000, 100, 28
SHEETS = {"test": "mnist-test.png", "train": "mnist-train.png"}
"""Names of the sheets in `assets`; what is said of the digits lies beside each as JSON."""


@cache
def shipped(split: str) -> Digits:
    """The shipped digits of one split, which need no data set; read once and kept.

    Args:
        split: `test`, all 10,000 in MNIST's order, or `train`, the first 10,000 of the seeded
            permutation that `Digits.drawn` uses.

    Raises:
        ValueError: no such split, or a file is missing or damaged.
    """
    if split not in SHEETS:
        raise ValueError(f"split is {split!r}; it must be one of {', '.join(SHEETS)}.")
    return read(ASSETS / SHEETS[split])


def read(path: Path) -> Digits:
    """The digits of a sheet, in its order.

    Raises:
        ValueError: the sheet or its JSON file is missing or damaged.
    """
    about = path.with_suffix(".json")
    said = read_json(about)
    labels, places = said.get("labels"), said.get("places")
    if not (isinstance(labels, str) and len(labels) == COUNT and labels.isdecimal()):
        raise ValueError(f"{about} is damaged: it does not hold {COUNT} labels.")
    if not (isinstance(places, list) and len(places) == COUNT and all(map(_is_place, places))):
        raise ValueError(f"{about} is damaged: it does not hold {COUNT} places.")
    classes = torch.tensor([int(label) for label in labels])
    return Digits(_pixels(path), classes, torch.tensor(cast("list[int]", places)))


def write(digits: Digits, path: Path) -> None:
    """Writes a sheet and its JSON file.

    Raises:
        ValueError: there are not 10,000 digits, or a file cannot be written.
    """
    if len(digits) != COUNT:
        raise ValueError(f"a sheet holds {COUNT} digits, not {len(digits)}.")
    tiles = digits.images.view(-1, COLUMNS, SIDE, SIDE).transpose(1, 2)
    sheet = Image.fromarray(tiles.reshape(-1, COLUMNS * SIDE).contiguous().numpy())
    sheet.save(path, format="PNG", optimize=True)
    labels = "".join(map(str, digits.labels.tolist()))
    about = {"labels": labels, "places": digits.places.tolist()}
    write_text(path.with_suffix(".json"), json.dumps(about, separators=(",", ":")) + "\n")


def make(data: Path, folder: Path = ASSETS) -> None:
    """Write both sheets into `folder` from the MNIST files under `data`."""
    write(load_mnist("test", data), folder / SHEETS["test"])
    write(load_mnist("train", data).drawn(COUNT), folder / SHEETS["train"])


def _pixels(path: Path) -> torch.Tensor:
    """The digits of a sheet, uint8 (10,000, 1, 28, 28)."""
    check_plain(path)
    try:
        with Image.open(path) as image:
            sheet = np.array(image)
    except (OSError, SyntaxError, ValueError) as error:
        raise ValueError(f"{path} is damaged: {error}.") from error
    if sheet.dtype != np.uint8 or sheet.shape != (COUNT // COLUMNS * SIDE, COLUMNS * SIDE):
        raise ValueError(f"{path} is damaged: it does not hold {COUNT} digits.")
    tiles = sheet.reshape(-1, SIDE, COLUMNS, SIDE).swapaxes(1, 2)
    return from_array(np.ascontiguousarray(tiles)).view(COUNT, 1, SIDE, SIDE)


def _is_place(value: object) -> bool:
    most = max(count for _, count in SPLITS.values())
    return type(value) is int and 0 <= value < most


if __name__ == "__main__":
    make(Path(sys.argv[1]))
