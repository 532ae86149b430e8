"""What a person brings: pictures with or without classes, whole or in two splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray

from vae_core.data.digits import Digits, hold_out
from vae_core.data.fitting import border
from vae_core.data.sets import DataSet, classes_of

LEAST = 20
"""Pictures that a set must have: a tenth of them must be something."""
NAMED = 20
"""Files that could not be used are listed so far; more are counted."""
POLARITIES = ("auto", "keep", "invert")


@dataclass(frozen=True)
class Gathered:
    """A set in memory: what it is, its two splits, and the files left out, each with a reason."""

    about: DataSet
    splits: Mapping[str, Digits]
    left_out: tuple[str, ...] = ()

    def words(self) -> list[str]:
        """What was left out, a line a file, at most 20 of them."""
        more = len(self.left_out) - NAMED
        rest = [f"and {more} more"] if more > 0 else []
        return [*self.left_out[:NAMED], *rest]


def split(pictures: Digits) -> dict[str, Digits]:
    """Nine tenths to train on and a tenth to test, the same ones for the same pictures."""
    train, test = hold_out(pictures, max(1, len(pictures) // 10))
    return {"train": _renumbered(train), "test": _renumbered(test)}


def gathered(
    about: DataSet,
    parts: Mapping[str, tuple[NDArray[np.uint8], Sequence[int]]],
    classes: Sequence[object],
    polarity: str = "auto",
    left_out: Sequence[str] = (),
) -> Gathered:
    """A set from pictures (n, 28, 28) with labels, by split; "all" is split here.

    Args:
        about: its name, title and source.
        parts: `{"all": ...}`, or `train` and `test`.
        classes: their names; none where the pictures have no labels.
        polarity: `keep` the pictures as they are, `invert` them, or `auto`: invert where most of
            the border is light, so that things lie on black as MNIST's digits do.
        left_out: a line for each file that could not be used.

    Raises:
        ValueError: there are too few pictures, or none that differ.
    """
    count = sum(len(images) for images, _ in parts.values())
    if count < LEAST:
        raise ValueError(f"{about.title} holds {count} pictures; at least {LEAST} are needed.")
    if polarity not in POLARITIES:
        raise ValueError(f"polarity is {polarity!r}; it must be one of {', '.join(POLARITIES)}.")
    borders = [border(images) for images, _ in parts.values() if len(images)]
    invert = polarity == "invert" or (polarity == "auto" and float(np.mean(borders)) > 127)
    made = {
        name: _digits(255 - images if invert else images, labels)
        for name, (images, labels) in parts.items()
    }
    if all(bool((each.images == each.images.flatten()[:1]).all()) for each in made.values()):
        raise ValueError(f"{about.title} holds pictures of one grey level only.")
    known = replace(about, classes=classes_of([*classes]), inverted=invert)
    return Gathered(known, split(made["all"]) if "all" in made else made, tuple(left_out))


def _digits(images: NDArray[np.uint8], labels: Sequence[int]) -> Digits:
    pixels = torch.from_numpy(np.ascontiguousarray(images))[:, None]
    return Digits(pixels, torch.tensor(labels, dtype=torch.int64), torch.arange(len(images)))


def _renumbered(part: Digits) -> Digits:
    return Digits(part.images, part.labels, torch.arange(len(part)))
