"""A row of digits as a moving picture."""

from __future__ import annotations

import io

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SCALE, MILLISECONDS, PAUSE = 8, 50, 400


def gif(digits: NDArray[np.uint8]) -> bytes:
    """Digits (k, h, w) as a GIF: there and back, resting at the ends."""
    height, width = digits.shape[1:]
    tiles = [
        Image.fromarray(digit).resize((width * SCALE, height * SCALE), Image.Resampling.NEAREST)
        for digit in digits
    ]
    frames = tiles + tiles[-2:0:-1]
    durations = [MILLISECONDS] * len(frames)
    durations[0] = durations[len(tiles) - 1] = PAUSE
    buffer = io.BytesIO()
    frames[0].save(
        buffer, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0
    )
    return buffer.getvalue()
