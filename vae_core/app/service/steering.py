"""Named directions as the page steers along them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vae_core.app.service.replies import Steering
from vae_core.explore.sliders import Direction


def ways(directions: Sequence[Direction]) -> list[Steering]:
    """Each direction with the coefficients that read a code's place along it.

    They are the rows of the pseudo-inverse: a step along one direction changes its own place by
    one, and no other.
    """
    if not directions:
        return []
    rows = np.linalg.pinv(np.array([each["direction"] for each in directions])).T
    return [
        {**each, "reads": [round(float(value), 5) for value in row]}
        for each, row in zip(directions, rows, strict=True)
    ]
