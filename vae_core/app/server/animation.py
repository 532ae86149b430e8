"""A row of digits as a moving picture."""

from __future__ import annotations

import base64
import io

from PIL import Image

from vae_core.app import wire

FRAMES, SCALE, MILLISECONDS, PAUSE = 24, 8, 50, 400


def gif_uri(pixels: str) -> str:
    """Packed digits as a `data:image/gif;base64,` string: there and back, resting at the ends."""
    size = (wire.SIDE * SCALE, wire.SIDE * SCALE)
    digits = [
        Image.fromarray(digit).resize(size, Image.Resampling.NEAREST)
        for digit in wire.unpack(pixels)
    ]
    frames = digits + digits[-2:0:-1]
    durations = [MILLISECONDS] * len(frames)
    durations[0] = durations[len(digits) - 1] = PAUSE
    buffer = io.BytesIO()
    frames[0].save(
        buffer, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0
    )
    return "data:image/gif;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
