"""MNIST's own frame: box, area average to 20x20, peak to white, centre of mass to (14, 14).

The order and the roundings are QMNIST's reconstruction of the original (Yadav and Bottou,
2019), which gives back the MNIST test digits to within one grey level.
"""

from __future__ import annotations

from typing import TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_core.digitize.types import Grey

Ink = NDArray[np.floating]
Number = TypeVar("Number", bound=np.number)

SIDE = 28
BOX = 20
SMALLEST_CROP = 10


def ink_box(ink: NDArray[np.number] | NDArray[np.bool_]) -> tuple[int, int, int, int] | None:
    """Tight (x0, y0, x1, y1) of the pixels above zero in (h, w), or None when there are none."""
    rows = np.flatnonzero((ink > 0).any(axis=1))
    columns = np.flatnonzero((ink > 0).any(axis=0))
    if not len(rows):
        return None
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def is_mnist(pixels: Grey) -> bool:
    """Whether a grey picture already is an MNIST digit and must pass through unchanged.

    True for (28, 28) on black whose ink box is 18 to 20 long and whose centre of mass lies
    between 13.5 and 14.5 in both index coordinates; all 10,000 test digits are.
    """
    if pixels.shape != (SIDE, SIDE):
        return False
    box = ink_box(pixels)
    if box is None or not 18 <= max(box[2] - box[0], box[3] - box[1]) <= 20:
        return False
    y, x = centre_of_mass(pixels)
    return 13.5 <= y <= 14.5 and 13.5 <= x <= 14.5


def centre_of_mass(ink: NDArray[np.number]) -> tuple[float, float]:
    """(y, x) of the ink's barycentre in index coordinates; the ink must not be all zero."""
    mass = ink.astype(np.float64)
    total = mass.sum()
    y = mass.sum(axis=1) @ np.arange(mass.shape[0]) / total
    x = mass.sum(axis=0) @ np.arange(mass.shape[1]) / total
    return float(y), float(x)


def on_canvas(pixels: Grey) -> tuple[Grey, tuple[int, int, int, int]] | None:
    """An MNIST digit that was pasted onto a pure black or white canvas, and its box.

    Args:
        pixels: (h, w). Pixels repeated a whole number of times count as one.

    Returns:
        The digit as MNIST frames it, exact to the grey level, and (x0, y0, x1, y1) on the
        canvas; None for anything else.
    """
    ground = int(pixels[0, 0])
    rim = (pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1])
    if ground not in (0, 255) or any((side != ground).any() for side in rim):
        return None
    ink = pixels if ground == 0 else 255 - pixels
    place = ink_box(ink)
    if place is None or ink.max() < 250:
        return None
    ink = without_repetition(ink)
    box = ink_box(ink)
    if box is None or not 18 <= max(box[2] - box[0], box[3] - box[1]) <= 20 or not has_greys(ink):
        return None
    y, x = centre_of_mass(ink)
    padded = np.pad(ink, SIDE)
    top, left = SIDE + int(np.ceil(y - 14.5)), SIDE + int(np.ceil(x - 14.5))
    digit = padded[top : top + SIDE, left : left + SIDE].copy()
    return (digit, place) if is_mnist(digit) else None


def has_greys(ink: NDArray[np.number]) -> bool:
    """Whether a fifth of the ink is anti-aliasing; one-bit drawings have none."""
    peak = float(ink.max())
    some = ink[ink > 0.02 * peak]
    return int((some < 0.98 * peak).sum()) > 0.2 * some.size


def without_repetition(ink: NDArray[Number]) -> NDArray[Number]:
    """Pixels that were enlarged by whole-number repetition, brought back to single ones.

    A small drawing blown up without smoothing is still a small drawing; its own pixels
    have to fall onto MNIST's, not between them.
    """
    steps: list[tuple[int, int]] = []
    for axis in (0, 1):
        changes = np.flatnonzero((np.diff(ink, axis=axis) != 0).any(axis=1 - axis)) + 1
        if len(changes) < 3:
            return ink
        steps.append((int(np.gcd.reduce(np.diff(changes))), int(changes[0])))
    (down, top), (across, left) = steps
    step = int(np.gcd(down, across))
    if step < 2:
        return ink
    return ink[top % step :: step, left % step :: step]


def frame(ink: Ink, box: tuple[float, float, float, float] | None = None) -> Grey:
    """Bring ink of any size into MNIST's frame.

    Args:
        ink: (h, w), 0 is paper and 1 full ink.
        box: (x0, y0, x1, y1) of the digit, fractions of a pixel allowed; the tight box
            of everything above zero unless given.

    Returns:
        uint8, (28, 28), white on black.

    Raises:
        ValueError: there is no ink.
    """
    box = box if box is not None else ink_box(ink)
    if box is None or not (ink > 0).any():
        raise ValueError("Nothing drawn: the picture holds no ink.")
    return paste(shrink(ink, box))


def shrink(ink: Ink, box: tuple[float, float, float, float]) -> Ink:
    """Area-average the square around `box` down to 20x20 and lift its peak to 1."""
    side = max(box[2] - box[0], box[3] - box[1], SMALLEST_CROP)
    left = (box[0] + box[2] - side) / 2
    top = (box[1] + box[3] - side) / 2
    if float(side).is_integer():
        # QMNIST cuts whole pixels; half a pixel of shift would blur a 20 px digit.
        left, top = np.floor(left), np.floor(top)
    small = _averaged(_averaged(ink, top, side).T, left, side).T.astype(np.float32)
    peak = float(small.max())
    return small / peak if peak > 0 else small


def _averaged(ink: Ink, start: float, side: float) -> NDArray[np.float64]:
    """(20, w): rows of (h, w) averaged over 20 equal cells of [start, start + side].

    Differences of running sums: a matrix product would wake OpenBLAS's threads, which wait for
    each other on busy cores (23 ms in place of 0.5).
    """
    height = len(ink)
    edges = np.clip(start + side / BOX * np.arange(BOX + 1), 0, height)
    row = np.minimum(edges.astype(np.intp), height - 1)
    sums = np.zeros((height + 1, ink.shape[1]))
    np.cumsum(ink, axis=0, out=sums[1:])
    at = sums[row] + (edges - row)[:, None] * ink[row]
    return np.diff(at, axis=0) * (BOX / side)


def paste(small: Ink) -> Grey:
    """Put (20, 20) ink into 28x28 at the whole-pixel offset floor(15 - barycentre) per axis."""
    out = np.zeros((SIDE, SIDE), np.uint8)
    y, x = centre_of_mass(small)
    top, left = int(np.floor(15 - (y + 0.5))), int(np.floor(15 - (x + 0.5)))
    grey = np.round(np.clip(small, 0, 1) * 255).astype(np.uint8)
    t0, l0 = max(top, 0), max(left, 0)
    t1, l1 = min(top + BOX, SIDE), min(left + BOX, SIDE)
    out[t0:t1, l0:l1] = grey[t0 - top : t1 - top, l0 - left : l1 - left]
    return out


def thumbnail(image: NDArray[np.number] | NDArray[np.bool_], longest: int = 256) -> Grey:
    """A uint8 copy with its longest side at most `longest` px; floats are taken as 0 to 1."""
    if image.dtype == np.bool_:
        grey = image.astype(np.uint8) * np.uint8(255)
    elif image.dtype == np.uint8:
        grey = image.astype(np.uint8)
    else:
        grey = np.round(np.clip(cast(Ink, image), 0, 1) * 255).astype(np.uint8)
    picture = Image.fromarray(np.ascontiguousarray(grey))
    if max(picture.size) > longest:
        scale = longest / max(picture.size)
        size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
        picture = picture.resize(size, Image.Resampling.BOX)
    return np.array(picture, dtype=np.uint8)
