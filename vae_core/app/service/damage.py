"""Ways to damage a digit before the model sees it, so that the repair can be watched."""

from __future__ import annotations

import numpy as np
from PIL import Image

from vae_core.app import checks, wire
from vae_core.app.wire import SIDE, Grey, Mask

KINDS = ("noise", "erase", "rotate")
DEGREES = 60.0
"""Rotation at amount 1."""


def damaged(digit: Grey, options: object) -> Grey:
    """A damaged copy of a digit (28, 28).

    Args:
        digit: grey levels, white on black.
        options: null for none, or {kind, amount from 0 to 1, seed, mask}. "noise" adds Gaussian
            noise of standard deviation `amount`; "erase" blanks what `gap` says; "rotate" turns
            counter-clockwise by `amount` x 60 degrees.

    Raises:
        ValueError: an unknown kind, or an amount, seed or mask out of range.
    """
    given = checks.mapping("damage", options)
    if not given:
        return digit
    kind = checks.choice("damage.kind", given.get("kind"), KINDS)
    erased = gap(options)
    if erased is not None:
        return np.where(erased, np.uint8(0), digit)
    amount = checks.number("damage.amount", given.get("amount"), 0.0, 1.0)
    if kind == "noise":
        return _noisy(
            digit, amount, checks.whole("damage.seed", given.get("seed", 0), 0, 2**32 - 1)
        )
    turned = Image.fromarray(digit).rotate(amount * DEGREES, Image.Resampling.BICUBIC)
    return np.asarray(turned, dtype=np.uint8)


def gap(options: object) -> Mask | None:
    """The erased pixels (28, 28) of damage as `damaged` takes it; None where none are erased.

    They are the share `amount` of the rows, from below, and what `mask` marks: base64 of 784
    bytes, row by row, not 0 where erased.

    Raises:
        ValueError: an amount or mask out of range.
    """
    given = checks.mapping("damage", options)
    if given.get("kind") != "erase":
        return None
    amount = checks.number("damage.amount", given.get("amount"), 0.0, 1.0)
    mask = wire.marks("damage.mask", given.get("mask"))
    mask[SIDE - round(amount * SIDE) :] = True
    return mask


def _noisy(digit: Grey, amount: float, seed: int) -> Grey:
    noise = np.random.default_rng(seed).normal(0.0, 255.0 * amount, digit.shape)
    return np.clip(np.rint(digit + noise), 0, 255).astype(np.uint8)
