"""What goes into the digitizer and what comes out of it: three frozen records."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Box = tuple[int, int, int, int]

POLARITIES = ("auto", "dark", "light")
STROKES = ("auto", "keep")
ODDITIES = ("refuse", "show")


@dataclass(frozen=True)
class Options:
    """What a person may set by hand; every default means "find out yourself".

    Attributes:
        polarity: "dark" ink on a light ground, "light" ink on a dark one, or "auto".
        threshold: share of the ink's full strength (0 to 1) above which a pixel is ink.
        stroke: "auto" brings unusual stroke widths to MNIST's, "keep" leaves them,
            a number sets the width in pixels of the 28x28 picture (0.5 to 6).
        choose: which digit to take, counted in reading order from 0.
        odd: "refuse" a drawing that does not look like a digit, or "show" it all the same;
            photos and pages that hold no digit are refused either way.
    """

    polarity: str = "auto"
    threshold: float | None = None
    stroke: str | float = "auto"
    choose: int | None = None
    odd: str = "refuse"

    def __post_init__(self) -> None:
        if self.polarity not in POLARITIES:
            raise ValueError(
                f"polarity is {self.polarity!r}; it must be 'auto', 'dark' or 'light'."
            )
        if self.odd not in ODDITIES:
            raise ValueError(f"odd is {self.odd!r}; it must be 'refuse' or 'show'.")
        if self.threshold is not None:
            _check_number("threshold", self.threshold, 0.0, 1.0)
        if isinstance(self.stroke, str):
            if self.stroke not in STROKES:
                raise ValueError(
                    f"stroke is {self.stroke!r}; it must be 'auto', 'keep' or a width in pixels."
                )
        else:
            _check_number("stroke", self.stroke, 0.5, 6.0)
        if self.choose is not None and (
            isinstance(self.choose, bool) or not isinstance(self.choose, int) or self.choose < 0
        ):
            raise ValueError(f"choose is {self.choose!r}; it must be a whole number from 0 up.")


def _check_number(name: str, value: object, low: float, high: float) -> None:
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not math.isfinite(value)
        or not low <= value <= high
    ):
        raise ValueError(f"{name} is {value!r}; it must be a number from {low:g} to {high:g}.")


@dataclass(frozen=True)
class Stage:
    """One step on the way, as a small picture and a sentence.

    Attributes:
        name: a short word, fit for a file name.
        title: a heading for people.
        image: uint8, (h, w), longest side at most 256.
        note: one plain sentence.
    """

    name: str
    title: str
    image: Grey
    note: str


@dataclass(frozen=True)
class Digit:
    """A picture brought to MNIST's form, and how it got there.

    Attributes:
        pixels: uint8, (28, 28), white ink on black.
        stages: the steps in order.
        boxes: (x0, y0, x1, y1) of every digit found, in reading order, in pixels of the
            upright source.
        chosen: index into `boxes` of the digit in `pixels`.
        verdict: one plain sentence on what was found.
        polarity: "dark" or "light" ink.
        threshold: share of the ink's strength above which a pixel counted as ink.
        stroke_width: mean stroke width in pixels of the 28x28 picture.
        odd: whether this does not look like a digit, and is only shown since it was asked for.
    """

    pixels: Grey
    stages: list[Stage] = field(repr=False)
    boxes: list[Box]
    chosen: int
    verdict: str
    polarity: str
    threshold: float
    stroke_width: float
    odd: bool = False
