"""From a picture to a digit."""

from __future__ import annotations

import numpy as np

from .framing import frame, ink_box, is_mnist, thumbnail
from .opening import Source, read
from .types import Digit, Options, Stage


def digitize(source: Source, options: Options = Options()) -> Digit:  # noqa: B008 (frozen)
    """Find the digit in a picture and bring it to MNIST's form.

    Raises:
        ValueError: the picture cannot be read or shows no digit; one plain sentence.
    """
    from scipy import ndimage

    picture = read(source, 1024)
    grey = np.asarray(picture.image.convert("L"), dtype=np.uint8)
    if is_mnist(grey):
        stage = Stage("digit", "Already MNIST", grey, "An MNIST digit passes through unchanged.")
        return Digit(grey, [stage], [ink_box(grey) or (0, 0, 28, 28)], 0,
                     "This is an MNIST digit already.", "light", 0.0, 2.0)  # fmt: skip
    dark = np.median(grey) > (int(grey.min()) + int(grey.max())) / 2
    if options.polarity != "auto":
        dark = options.polarity == "dark"
    values = grey.astype(np.float32)
    window = max(3, min(grey.shape) // 3)
    if dark:
        ink = ndimage.grey_closing(values, (window, window)) - values
    else:
        ink = values - ndimage.grey_opening(values, (window, window))
    if ink.max() < 12:
        raise ValueError("Nothing drawn: the picture is blank.")
    ink /= ink.max()
    level = 0.4 if options.threshold is None else options.threshold
    labels, count = ndimage.label(ink > level, np.ones((3, 3)))
    if not count:
        raise ValueError("Nothing drawn: no ink is above the threshold.")
    largest = int(np.argmax(np.bincount(labels.ravel())[1:])) + 1
    reach = ndimage.binary_dilation(labels == largest, iterations=3)
    ink = np.where(reach & (ink > 0.1), ink, 0).astype(np.float32)
    box = ink_box(ink) or (0, 0, 1, 1)
    pixels = frame(ink)
    scale = picture.size[0] / grey.shape[1]
    stages = [
        Stage("picture", "Your picture", thumbnail(grey), "As it came in."),
        Stage("ink", "Ink", thumbnail(ink), "What counts as ink."),
        Stage("digit", "MNIST's frame", pixels, "28x28, centred by mass."),
    ]
    boxes = [tuple(round(v * scale) for v in box)]
    return Digit(pixels, stages, boxes, 0, "One digit found.",  # type: ignore[arg-type]
                 "dark" if dark else "light", level, 2.0)  # fmt: skip
