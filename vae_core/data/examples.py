"""Example digits that ship with the package: 300 of the MNIST test set in one sprite sheet."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_core.files import ASSETS

SHEET, LABELS = ASSETS / "digits.png", ASSETS / "digits.json"
SIDE, COLUMNS = 28, 20


@cache
def examples() -> tuple[NDArray[np.uint8], list[int], list[int]]:
    """The digits (300, 28, 28), their classes, and their places in the MNIST test set.

    The classes alternate: 0, 1, ..., 9, 0, 1 and so on.
    """
    about = json.loads(LABELS.read_text("utf-8"))
    with Image.open(SHEET) as image:
        sheet = np.asarray(image, dtype=np.uint8)
    rows = sheet.shape[0] // SIDE
    tiles = sheet.reshape(rows, SIDE, COLUMNS, SIDE).swapaxes(1, 2).reshape(-1, SIDE, SIDE)
    return tiles, about["labels"], about["indices"]
