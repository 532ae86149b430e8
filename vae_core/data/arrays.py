"""An .npz file of pictures: `images` (n, h, w), with `labels` (n,) and `classes` where known.

`train_images`, `test_images` and so on are taken for two splits. Nothing but plain arrays is read:
a pickle within the file is refused.
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from vae_core.data.fitting import SIDE, squared
from vae_core.data.folders import LARGEST_SET
from vae_core.data.gathered import Gathered, gathered
from vae_core.data.sets import CLASS_LIMIT, NAME_LIMIT, known

LARGEST = 4 * 2**30
"""Bytes of all arrays together, unpacked."""
Part = tuple[NDArray[np.uint8], list[int]]


def read(path: str | Path, polarity: str = "auto") -> Gathered:
    """The pictures in an .npz file, 28x28 and grey; other sizes are cropped and shrunk.

    Args:
        path: the file. Pictures are whole numbers 0 to 255, or floats 0 to 1.
        polarity: see `gathered.gathered`.

    Raises:
        ValueError: it cannot be read, or does not hold pictures.
    """
    file = Path(path)
    arrays = _arrays(file)
    prefixes = ("train_", "test_") if "train_images" in arrays else ("",)
    parts = {
        prefix.rstrip("_") or "all": _part(file, arrays, f"{prefix}images", f"{prefix}labels")
        for prefix in prefixes
    }
    labelled = all(f"{prefix}labels" in arrays for prefix in prefixes)
    highest = max((label for _, labels in parts.values() for label in labels), default=-1)
    names = [str(name) for name in arrays.get("classes", np.arange(highest + 1)).ravel()]
    if labelled and len(names) <= highest:
        raise ValueError(f"{file} names {len(names)} classes, but has labels up to {highest}.")
    about = replace(known("npz"), title=file.stem[:NAME_LIMIT])
    return gathered(about, parts, names if labelled else (), polarity)


def _arrays(file: Path) -> Mapping[str, NDArray[np.generic]]:
    if not file.is_file():
        raise ValueError(f"there is no file {str(file)!r}.")
    try:
        with zipfile.ZipFile(file) as packed:
            size = sum(entry.file_size for entry in packed.infolist())
        if size > LARGEST:
            raise ValueError(f"it unpacks to more than {LARGEST // 2**30} GB")
        with np.load(file, allow_pickle=False) as found:
            return {name: found[name] for name in found.files}
    except Exception as error:  # damaged archives raise anything
        raise ValueError(f"{file} cannot be read as .npz: {error}.") from error


def _part(file: Path, arrays: Mapping[str, NDArray[np.generic]], images: str, labels: str) -> Part:
    """Pictures and labels of one split; all labels 0 where there are none."""
    if images not in arrays:
        raise ValueError(
            f"{file} holds no array {images!r}; it has: {', '.join(arrays) or 'none'}."
        )
    pixels = _pixels(file, arrays[images])
    if labels not in arrays:
        return pixels, [0] * len(pixels)
    given = arrays[labels].squeeze()
    fine = given.ndim == 1 and len(given) == len(pixels) and given.dtype.kind in "iu"
    if not (fine and len(given) and int(given.min()) >= 0 and int(given.max()) < CLASS_LIMIT):
        raise ValueError(f"{file} is damaged: {labels} must be {len(pixels)} whole numbers from 0.")
    return pixels, [int(label) for label in given]


def _pixels(file: Path, found: NDArray[np.generic]) -> NDArray[np.uint8]:
    """(n, 28, 28) from (n, h, w) or (n, h, w, 1 or 3)."""
    colours = found.ndim == 4 and found.shape[3] in (1, 3)
    if not (found.ndim == 3 or colours) or not 0 < len(found) <= LARGEST_SET:
        raise ValueError(f"{file} must hold pictures (n, h, w), not an array {found.shape}.")
    if min(found.shape[1:3]) < 1 or found.dtype.kind not in "iuf":
        raise ValueError(f"{file} must hold pictures of numbers, not of {found.dtype}.")
    values = found.astype(np.float32)
    if not np.isfinite(values).all() or values.min() < 0 or values.max() > 255:
        raise ValueError(f"{file} must hold whole numbers 0 to 255, or numbers 0 to 1.")
    scale = 255 if found.dtype.kind == "f" and values.max() <= 1 else 1
    grey = (values * scale).round().astype(np.uint8)
    if colours and found.shape[3] == 1:
        grey = grey[..., 0]
    if grey.shape[1:] == (SIDE, SIDE):
        return grey
    return np.stack([squared(Image.fromarray(each)) for each in grey])
