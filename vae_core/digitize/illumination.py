"""The paper's own light, and how much darker (or lighter) than it each pixel is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_core.digitize.filters import operations

Plane = NDArray[np.floating]

# The paper is estimated on a grid no larger than this: light changes slowly.
GRID = 256


@dataclass(frozen=True)
class Guess:
    """Ink under one assumption.

    Attributes:
        dark: whether the ink is darker than the ground.
        window: pixels of the small copy, see `ink_map`.
        trust: factor on what is found.
        plane: the picture, (h, w), 0 to 255.
        ink: contrast, (h, w).
        relief: the picture itself in units of contrast, (h, w): a true edge of ink is one here.
    """

    dark: bool
    window: float
    trust: float
    plane: Plane
    ink: Plane
    relief: Plane


def ink_map(plane: Plane, dark: bool, window: float) -> tuple[Plane, Plane]:
    """Contrast of every pixel against the light around it, 0 for paper.

    Dark ink counts as the share of the paper's light that it swallows, light ink as what it
    adds to the ground; both are free of slow changes in the light.

    Args:
        plane: (h, w), 0 to 255.
        dark: whether the ink is darker than what it is written on.
        window: pixels; whatever is narrower than this and of the ink's polarity is ink,
            and whatever is wider is ground.

    Returns:
        The contrast (h, w), and the light (h, w) that one unit of contrast stands for.
    """
    ground = background(plane, dark, window)
    if dark:
        unit = np.maximum(ground, 1.0)
        return np.clip(1 - plane / unit, 0, 1), unit
    # Chalk adds light in proportion to the lamp; the constant keeps black canvases sane.
    unit = ground + 80.0
    return np.clip((plane - ground) / unit, 0, None), unit


def background(plane: Plane, dark: bool, window: float) -> Plane:
    """The ground under the ink, (h, w): a closing (an opening for light ink) on a coarse grid.

    A closing keeps straight edges of large areas, such as a sheet on a desk or a hard
    shadow, where a blur would leave a false stroke along them.
    """
    ndimage = operations()
    height, width = plane.shape
    step = max(1, round(max(height, width) / GRID))
    coarse = _shrunk(plane, step)
    size = max(3, 2 * round(window / step / 2) + 1)
    size = min(size, 2 * max(coarse.shape) - 1)
    work = coarse if dark else -coarse
    closed = work
    for extreme in (ndimage.maximum_filter1d, ndimage.minimum_filter1d):
        for axis in (0, 1):
            closed = extreme(closed, size, axis=axis, mode="nearest")
    # Inwards from any edge of the ground, so that the edge of a sheet does not pass for ink.
    inwards = 2 * min(2, max(closed.shape) // 60) + 1
    closed = ndimage.grey_erosion(closed, (inwards, inwards))
    closed = ndimage.uniform_filter(closed, 3) if inwards > 1 else closed
    ground = closed if dark else -closed
    return _grown(ground.astype(np.float32), step, (height, width))


def _shrunk(plane: Plane, step: int) -> Plane:
    if step == 1:
        return plane
    height, width = plane.shape
    padded = np.pad(plane, ((0, -height % step), (0, -width % step)), mode="edge")
    cells = padded.reshape(padded.shape[0] // step, step, padded.shape[1] // step, step)
    return cells.mean(axis=(1, 3), dtype=np.float32)


def _grown(coarse: Plane, step: int, shape: tuple[int, int]) -> Plane:
    """Bilinear enlargement by `step`, cut to `shape`."""
    if step == 1:
        return coarse
    from PIL import Image

    size = (coarse.shape[1] * step, coarse.shape[0] * step)
    large = Image.fromarray(coarse).resize(size, Image.Resampling.BILINEAR)
    return np.asarray(large, np.float32)[: shape[0], : shape[1]]


def noise_of(sample: NDArray[np.floating]) -> tuple[float, float]:
    """(middle, spread) of contrasts, mostly bare paper's, by their median and its deviation."""
    middle = float(np.median(sample))
    return middle, float(np.median(np.abs(sample - middle))) * 1.4826


def paper_noise(ink: Plane, tiles: int = 8) -> tuple[float, float]:
    """(middle, spread) of the contrast of bare paper in the calmer parts of the picture.

    A note on a carpet is judged by the note: of `tiles` x `tiles` parts, the sixteenth
    with the least noise counts.
    """
    height, width = (max(1, side // tiles) * tiles for side in ink.shape)
    if height > ink.shape[0] or width > ink.shape[1]:
        return noise_of(ink)
    parts = ink[:height, :width].reshape(tiles, height // tiles, tiles, width // tiles)
    parts = parts.transpose(0, 2, 1, 3).reshape(tiles * tiles, -1)
    parts = parts[:, :: max(1, parts.shape[1] // 500)]
    middle = np.median(parts, axis=1)
    spread = np.median(np.abs(parts - middle[:, None]), axis=1) * 1.4826
    calm = np.argsort(middle + 5 * spread)[len(middle) // 16]
    return float(middle[calm]), float(spread[calm])
