"""Example digits that ship with the app: 300 of the MNIST test set in one sprite sheet.

`python -m vae_core.app.server.assets DATA_DIR` makes the sheet again, byte for byte.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_core.app.server import scripts
from vae_core.data.examples import COLUMNS, LABELS, SHEET, SIDE, examples
from vae_core.files import ASSETS, Json, JsonObject

__all__ = ["choose", "examples", "make", "sheet"]

EACH = 30


def sheet() -> JsonObject:
    """What the page knows of the examples: columns, labels, and where the sheet is."""
    labels: list[Json] = list(examples()[1])
    return {"columns": COLUMNS, "labels": labels, "url": scripts.address(scripts.EXAMPLES)}


def choose(labels: NDArray[np.uint8]) -> list[int]:
    """Places of 30 digits of each class, evenly spaced through the test set, classes in turn."""
    chosen = []
    for digit in range(10):
        places = np.flatnonzero(labels == digit)
        picks = (np.arange(EACH) + 0.5) * len(places) / EACH
        chosen.append(places[picks.astype(int)])
    return np.stack(chosen, axis=1).ravel().tolist()


def make(data: Path) -> None:
    """Write the sheet and its labels from the MNIST files under `data`."""
    raw = data / "MNIST" / "raw"
    digits = np.frombuffer((raw / "t10k-images-idx3-ubyte").read_bytes(), np.uint8, offset=16)
    labels = np.frombuffer((raw / "t10k-labels-idx1-ubyte").read_bytes(), np.uint8, offset=8)
    indices = choose(labels)
    tiles = digits.reshape(-1, SIDE, SIDE)[indices]
    rows = len(indices) // COLUMNS
    sheet = tiles.reshape(rows, COLUMNS, SIDE, SIDE).swapaxes(1, 2)
    image = Image.fromarray(np.ascontiguousarray(sheet.reshape(rows * SIDE, COLUMNS * SIDE)))
    ASSETS.mkdir(exist_ok=True)
    image.save(SHEET, format="PNG", optimize=True)
    about = {"labels": labels[indices].tolist(), "indices": indices}
    LABELS.write_text(json.dumps(about) + "\n", "utf-8")


if __name__ == "__main__":
    make(Path(sys.argv[1]))
