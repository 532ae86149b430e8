"""Stroke width: measured on the high-resolution ink, and brought to MNIST's when far off."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vae_core.digitize.filters import operations
from vae_core.digitize.mnist_frame import BOX, Ink, ink_box

# 99 % of MNIST's own digits lie between THINNEST and FATTEST by this measure, the median is 2.1.
THINNEST, USUAL, FATTEST, FAT = 1.15, 2.1, 4.0, 3.2
# Fine enough to move an outline by a fraction of an MNIST pixel.
FINE = 160


def stroke_width(ink: Ink) -> float:
    """Mean stroke width in pixels of `ink` (h, w): twice the area over the outline."""
    padded = np.pad(ink, 1)
    down, across = np.diff(padded, axis=0)[:, :-1], np.diff(padded, axis=1)[:-1]
    outline = float(np.hypot(down, across).sum())
    return 2 * float(ink.sum()) / outline if outline > 0 else 0.0


def relative_width(ink: Ink) -> float:
    """Mean stroke width in pixels of the 28x28 picture that `ink` would become."""
    box = ink_box(ink > 0.5) or ink_box(ink)
    if box is None:
        return 0.0
    longest = max(box[2] - box[0], box[3] - box[1])
    return stroke_width(ink) * BOX / longest


def with_width(ink: Ink, asked: str | float) -> tuple[Ink, str]:
    """The ink with its strokes brought to a width, and a sentence on what was done.

    Args:
        ink: (h, w), 0 to 1.
        asked: "auto", "keep" or pixels of the 28x28 picture.
    """
    now = relative_width(ink)
    if asked == "keep" or now <= 0:
        return ink, f"Strokes are kept at {now:.1f} px."
    target = now
    if asked == "auto":
        target = USUAL if now < THINNEST else FAT if now > FATTEST else now
    else:
        target = float(asked)
    if abs(target - now) < 0.1:
        return ink, f"Strokes are {now:.1f} px wide, as MNIST's are."
    fine = _enlarged(ink)
    verb = "widened" if target > now else "thinned"
    return _moved_outline(fine, now, target), f"Strokes {verb} from {now:.1f} to {target:.1f} px."


def _enlarged(ink: Ink) -> Ink:
    """At least FINE pixels long, with room around for growing strokes."""
    from PIL import Image

    room = max(2, round(0.15 * max(ink.shape)))
    padded = np.pad(ink, room)
    scale = FINE / max(padded.shape)
    if scale <= 1:
        return padded
    size = (round(padded.shape[1] * scale), round(padded.shape[0] * scale))
    large = Image.fromarray(padded).resize(size, Image.Resampling.BICUBIC)
    return np.clip(np.asarray(large, np.float32), 0, 1)


def _moved_outline(ink: Ink, now: float, target: float) -> Ink:
    """Push the outline at half ink outwards or inwards, with a soft edge one pixel wide."""
    ndimage = operations()
    peak = float(ink.max())
    mask = ink > 0.5 * peak
    away: NDArray[np.floating] = ndimage.distance_transform_edt(~mask) - 0.5
    away = np.where(mask, 0.5 - ndimage.distance_transform_edt(mask), away)
    box = ink_box(mask) or (0, 0, 1, 1)
    longest = max(box[2] - box[0], box[3] - box[1])
    # Growing by r also lengthens the box by 2 r: solve (w + 2 r) * 20 / (L + 2 r) = target.
    width = now * longest / BOX
    reach = (target * longest / BOX - width) / (2 - 2 * target / BOX)
    if reach < 0:
        # Never eat more than a third of the thinnest strokes' half width.
        reach = -min(-reach, 0.35 * width)
    return np.clip(0.5 + reach - away, 0, 1).astype(np.float32)
