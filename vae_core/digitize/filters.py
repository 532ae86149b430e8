"""scipy's image operations, imported when first used so that `import vae_core` stays light."""

from __future__ import annotations

from types import ModuleType

import numpy as np
from numpy.typing import NDArray


def operations() -> ModuleType:
    """The module scipy.ndimage; typed loosely because it carries no types of its own."""
    from scipy import ndimage

    return ndimage


def hull_area(mask: NDArray[np.bool_]) -> float:
    """Area in pixels of the convex hull of a mask's (h, w) pixels, of which there must be some."""
    from scipy.spatial import ConvexHull

    rim = np.argwhere(mask & ~operations().binary_erosion(mask))
    corners = np.concatenate([rim + step for step in ((0, 0), (0, 1), (1, 0), (1, 1))])
    return float(ConvexHull(corners).volume)
