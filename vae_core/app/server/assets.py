"""Example digits that ship with the app: 300 of the MNIST test set in one sprite sheet.

`python -m vae_core.app.server.assets DATA_DIR` makes the sheet again, byte for byte.
"""

from __future__ import annotations

import base64
import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_core.data.examples import COLUMNS, LABELS, SHEET, SIDE, examples
from vae_core.files import ASSETS

__all__ = ["choose", "examples", "head_script", "make"]

EACH = 30


def head_script() -> str:
    """JavaScript that gives the page the sheet as `window.studioExamples`."""
    labels, indices = examples()[1:]
    sheet = "data:image/png;base64," + base64.b64encode(SHEET.read_bytes()).decode("ascii")
    facts = {"columns": COLUMNS, "labels": labels, "indices": indices, "sheet": sheet}
    return f"window.studioExamples={json.dumps(facts)};"


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
