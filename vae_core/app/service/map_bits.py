"""Which of the map's digits a visitor chose, a bit a digit."""

from __future__ import annotations

import base64
import binascii
import contextlib

import numpy as np
from torch import Tensor

from vae_core import runtime
from vae_core.app import checks


def marked(text: object, count: int) -> Tensor:
    """Which of `count` digits are chosen, bool (count,)."""
    data = b""
    if isinstance(text, str):
        with contextlib.suppress(binascii.Error, ValueError):
            data = base64.b64decode(text, validate=True)
    size = -(-count // 8)
    if len(data) != size:
        raise ValueError(f"chosen must be base64 of {size} bytes, not {checks.shown(text)}.")
    bits = np.unpackbits(np.frombuffer(data, np.uint8), count=count).astype(bool)
    if not bits.any():
        raise ValueError("No digit was chosen: draw a line around some.")
    return runtime.from_array(bits)
