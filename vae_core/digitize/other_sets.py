"""A picture for a model of another set than digits: cropped or trimmed, and shrunk."""

from __future__ import annotations

import numpy as np

from vae_core.data.fitting import ENOUGH, SIDE, fit
from vae_core.data.image_files import Source, read
from vae_core.data.sets import DataSet
from vae_core.digitize.types import Digit, Grey, Stage


def fitted(source: Source, about: DataSet, polarity: str = "auto") -> Digit:
    """A picture as one of a set that is not of digits, in the digitizer's words.

    Raises:
        ValueError: it cannot be opened.
    """
    opened = read(source, ENOUGH)
    whole = np.asarray(opened.image.convert("L"))
    if opened.size == (SIDE, SIDE):  # one of the set already, or as good as one
        return _as_it_is(255 - whole if polarity == "dark" else whole, about)
    pixels, swapped = fit(opened.image, about, polarity)
    did = "Trimmed to what it shows" if about.framing == "trim" else "Cropped to its middle"
    turned = ", light and dark swapped" if swapped else ""
    stages = [
        Stage("source", "The picture", whole, "In grey."),
        Stage("fitted", "28x28", pixels, f"{did}, shrunk by area{turned}."),
    ]
    box = (0, 0, *opened.size)
    words = f"{did} and shrunk to 28x28{turned}, as the pictures of {about.title} are."
    shade = "dark" if swapped else "light"
    return Digit(pixels, stages, [box], 0, words, shade, 0.0, 0.0)


def _as_it_is(pixels: Grey, about: DataSet) -> Digit:
    words = f"A picture of 28x28 is taken as it is, as the pictures of {about.title} are."
    stages = [Stage("fitted", "28x28", pixels, "It is of that size.")]
    return Digit(pixels, stages, [(0, 0, SIDE, SIDE)], 0, words, "light", 0.0, 0.0)
