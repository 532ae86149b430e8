"""A second opinion on marks: the classifier's "not a digit".

The digitizer works without it (no torch, no checkpoint), and says so: then geometry alone decides.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from vae_core.digitize.types import Grey

if TYPE_CHECKING:
    from vae_core.classifier.model import Classifier

WITHOUT = "Shapes alone decide what is a digit, so that a photo without one may pass for one."


def not_a_digit(pictures: list[Grey]) -> list[float]:
    """How surely each (28, 28) picture is no digit, 0 to 1; zeros without a classifier."""
    reader = _reader(_folder()) if pictures else None
    if reader is None:
        return [0.0] * len(pictures)
    import torch

    x = torch.from_numpy(np.stack(pictures)[:, None]).float() / 255
    return [float(value) for value in reader.read(x).not_a_digit]


def _folder() -> Path | None:
    """Where the classifier lies; None where there is none, or no torch to run it."""
    try:
        from vae_core.classifier.model import find

        return find()
    except (ImportError, ValueError) as error:
        _say(str(error))
        return None


@lru_cache(maxsize=2)
def _reader(folder: Path | None) -> Classifier | None:
    """The frozen classifier of a folder, read once; None where it cannot be."""
    if folder is None:
        return None
    try:
        from vae_core.classifier.model import load_classifier

        return load_classifier(folder)
    except ValueError as error:
        _say(str(error))
        return None


@lru_cache(maxsize=16)
def _say(reason: str) -> None:
    """Warns once: without the classifier it is another digitizer."""
    warnings.warn(f"{reason} {WITHOUT}", stacklevel=2)
