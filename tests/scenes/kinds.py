"""All kinds of hard scenes under one roof."""

from __future__ import annotations

import numpy as np
from scenes import KINDS as SHEET_KINDS
from scenes import Grey, Kind
from scenes_desk import DESK_KINDS

KINDS: dict[str, Kind] = {**SHEET_KINDS, **DESK_KINDS}
# Files of 12 megapixels: slow to make, so tests take few of them.
HUGE = ("12 megapixels", "A4, far away")


def render(kind: str, digit: Grey, rng: np.random.Generator) -> bytes:
    """One scene as the bytes of a picture file."""
    return KINDS[kind].make(digit, rng)
