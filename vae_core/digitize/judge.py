"""A second opinion on marks: the shipped classifier's "not a digit".

The digitizer works without it (no torch, no checkpoint): then geometry alone decides.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from .types import Grey


def strangeness(pictures: list[Grey]) -> list[float]:
    """How surely each (28, 28) picture is no digit, 0 to 1; zeros without a classifier."""
    reader = _reader()
    if reader is None or not pictures:
        return [0.0] * len(pictures)
    import torch

    x = torch.from_numpy(np.stack(pictures)[:, None]).float() / 255
    return [float(value) for value in reader.read(x).none]


@lru_cache(maxsize=1)
def _reader() -> Any:
    """The frozen classifier, read once; None where it is missing."""
    try:
        from vae_core.classify import load_classifier

        return load_classifier()
    except (ImportError, ValueError):
        return None
