"""scipy's image operations, imported when first used so that `import vae_core` stays light."""

from __future__ import annotations

from typing import Any


def operations() -> Any:
    """The module scipy.ndimage; typed loosely because it carries no types of its own."""
    from scipy import ndimage

    return ndimage
