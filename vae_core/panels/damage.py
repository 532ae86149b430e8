"""Ways to damage a digit before the model sees it, so that the repair can be watched."""

from __future__ import annotations

from typing import Any

import numpy as np
from PIL import Image

from vae_core.panels import checks
from vae_core.panels.codec import SIDE, Grey

KINDS = ("noise", "erase", "rotate")
DEGREES = 60.0
"""Rotation at amount 1."""


def damaged(digit: Grey, wish: Any) -> Grey:
    """A damaged copy of a digit (28, 28).

    Args:
        digit: grey levels, white on black.
        wish: null for none, or {kind, amount from 0 to 1, seed}. "noise" adds Gaussian noise of
            standard deviation `amount`; "erase" blanks that share of the rows, from below;
            "rotate" turns counter-clockwise by `amount` x 60 degrees.

    Raises:
        ValueError: an unknown kind, or an amount or seed out of range.
    """
    wish = checks.mapping("damage", wish)
    if not wish:
        return digit
    kind = checks.choice("damage.kind", wish.get("kind"), KINDS)
    amount = checks.number("damage.amount", wish.get("amount"), 0.0, 1.0)
    if kind == "noise":
        return _noisy(digit, amount, checks.whole("damage.seed", wish.get("seed", 0), 0, 2**32 - 1))
    if kind == "erase":
        kept = digit.copy()
        kept[SIDE - round(amount * SIDE) :] = 0
        return kept
    turned = Image.fromarray(digit).rotate(amount * DEGREES, Image.Resampling.BICUBIC)
    return np.asarray(turned, dtype=np.uint8)


def _noisy(digit: Grey, amount: float, seed: int) -> Grey:
    noise = np.random.default_rng(seed).normal(0.0, 255.0 * amount, digit.shape)
    return np.clip(np.rint(digit + noise), 0, 255).astype(np.uint8)
