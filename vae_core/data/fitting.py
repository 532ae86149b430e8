"""Any picture as one of a set: grey, 28x28, cropped or trimmed, light on dark where the set is so.

`crop` takes the middle square and shrinks it by area. `trim` is the way of FashionMNIST (Xiao,
Rasul and Vollgraf, 2017): off with the plain border, the longer side to 28 pixels, the shorter
filled up on both sides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_core.data.sets import DataSet

Grey = NDArray[np.uint8]
SIDE = 28
ENOUGH = 8 * SIDE
"""Longest side, in pixels, that a picture is decoded at: eight times what is left of it."""
PLAIN = 24
"""Grey levels by which what a picture shows differs from its border."""
POLARITIES = ("auto", "dark", "light")


def squared(image: Image.Image) -> Grey:
    """The middle square of an upright picture (L or RGB), grey, 28x28, shrunk by area."""
    side = min(image.size)
    left, top = (image.width - side) // 2, (image.height - side) // 2
    return _resized(image.convert("L").crop((left, top, left + side, top + side)), SIDE, SIDE)


def border(grey: Grey) -> float:
    """Median grey level, 0 to 255, of the outermost pixels of (..., h, w)."""
    edges = (grey[..., 0, :], grey[..., -1, :], grey[..., :, 0], grey[..., :, -1])
    return float(np.median(np.concatenate([edge.ravel() for edge in edges])))


def trimmed(image: Image.Image) -> Grey:
    """What stands out from the border, the longer side 28 pixels, centred on the border's grey."""
    grey = np.asarray(image.convert("L"))
    ground = border(grey)
    marked = np.abs(grey.astype(np.int16) - int(ground)) > PLAIN
    rows, columns = np.flatnonzero(marked.any(1)), np.flatnonzero(marked.any(0))
    if len(rows):
        grey = grey[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    high, wide = grey.shape
    scale = SIDE / max(high, wide)
    size = max(1, round(wide * scale)), max(1, round(high * scale))
    small = _resized(Image.fromarray(grey), *size)
    placed = np.full((SIDE, SIDE), round(ground), np.uint8)
    top, left = (SIDE - size[1]) // 2, (SIDE - size[0]) // 2
    placed[top : top + size[1], left : left + size[0]] = small
    return placed


def fit(image: Image.Image, about: DataSet, polarity: str = "auto") -> tuple[Grey, bool]:
    """An upright picture as one of the set `about`, and whether light and dark were swapped.

    Args:
        image: L or RGB.
        about: the set.
        polarity: `dark` says that what is shown is darker than its ground, and swaps; `light`
            leaves it. `auto` swaps what has a light border, of a set of things on black; else it
            does what was done to the set.

    Returns:
        uint8 (28, 28).
    """
    grey = trimmed(image) if about.framing == "trim" else squared(image)
    if polarity == "auto":
        on_black = about.framing == "trim" or about.digits
        swap = border(grey) > 127 if on_black else about.inverted
    else:
        swap = polarity == "dark"
    return (255 - grey if swap else grey), swap


def _resized(image: Image.Image, width: int, height: int) -> Grey:
    """By area where that shrinks, else by straight lines between the pixels."""
    shrinks = image.width >= width and image.height >= height
    how = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    return np.asarray(image.resize((width, height), how), dtype=np.uint8)
