"""From a picture to a digit: look over the whole, look closely, set the pen, frame."""

from __future__ import annotations

import numpy as np
from PIL import Image

from . import survey as first_look
from .closeup import Closeup, closeup
from .framing import frame, ink_box, is_mnist, thumbnail
from .light import Plane
from .opening import Picture, Source, read
from .pen import relative_width, with_width
from .survey import Find, Survey
from .types import Box, Digit, Grey, Options, Stage

WORKING = 1024
DEFAULT = Options()


def digitize(source: Source, options: Options = DEFAULT) -> Digit:
    """Find the digit in a picture and bring it to MNIST's form.

    Args:
        source: the bytes of a picture file, its path, or a Pillow image.
        options: what to decide by hand.

    Raises:
        ValueError: the picture cannot be read or shows no digit; one plain sentence.
    """
    picture = read(source, WORKING)
    ready = _as_it_is(picture, options)
    if ready is not None:
        return ready
    plane = _small(picture.image)
    seen = first_look.survey(plane, options.polarity, options.threshold)
    seen = _accepted(plane, seen)
    chosen = _choice(seen.finds, options.choose)
    close = closeup(picture, seen, seen.finds[chosen], options.threshold)
    ink, sentence = with_width(close.ink, options.stroke)
    box = ink_box(ink > (0.0 if close.clean and ink is close.ink else 0.5))
    pixels = frame(ink, box)
    boxes = [_at_full_scale(find.box, seen, picture) for find in seen.finds]
    return Digit(
        pixels=pixels,
        stages=_stages(plane, seen, chosen, close, ink, sentence, pixels),
        boxes=boxes,
        chosen=chosen,
        verdict=_verdict(len(boxes), chosen, options.choose is not None),
        polarity="dark" if seen.dark else "light",
        threshold=close.threshold,
        stroke_width=relative_width(ink),
    )


def _as_it_is(picture: Picture, options: Options) -> Digit | None:
    """An MNIST digit, unchanged; None for any other picture or when settings are given."""
    if picture.size != (28, 28) or options != DEFAULT:
        return None
    grey = np.array(picture.image.convert("L"), dtype=np.uint8)
    box = ink_box(grey)
    if box is None or not is_mnist(grey):
        return None
    stage = Stage("digit", "Already an MNIST digit", grey, "It fits MNIST's frame: unchanged.")
    ink = (grey / 255).astype(np.float32)
    return Digit(grey, [stage], [box], 0, "This is an MNIST digit already; it stays as it is.",
                 "light", 0.0, relative_width(ink))  # fmt: skip


def _small(image: Image.Image) -> Plane:
    """Luminance, (h, w), 0 to 255, small enough for the first look."""
    scale = min(1.0, first_look.LONGEST / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    grey = image.convert("L")
    if size != grey.size:
        grey = grey.resize(size, Image.Resampling.BOX)
    return np.asarray(grey, np.float32)


def _accepted(plane: Plane, seen: Survey | None) -> Survey:
    """The survey, unless what it found cannot be a digit."""
    if seen is None or not seen.finds:
        raise ValueError("Nothing drawn: no ink stands out in the picture.")
    if seen.share > 0.45:
        raise ValueError("Too much ink: is this a photo of a page or of something else?")
    return seen


def _choice(finds: list[Find], choose: int | None) -> int:
    if choose is not None:
        if choose >= len(finds):
            raise ValueError(
                f"choose is {choose}; the picture shows {len(finds)} "
                f"digit{'s' if len(finds) > 1 else ''}, counted from 0."
            )
        return choose
    # The first of several alike; a clearly better one goes before.
    best = max(find.score for find in finds)
    return next(i for i, find in enumerate(finds) if find.score >= 0.85 * best)


def _verdict(count: int, chosen: int, by_hand: bool) -> str:
    if count == 1:
        return "One digit found."
    which = f"number {chosen + 1} in reading order is taken"
    return f"{count} digits found: {which}{'' if by_hand else '; pick another if you like'}."


def _at_full_scale(box: Box, seen: Survey, picture: Picture) -> Box:
    height, width = seen.ink.shape
    x, y = picture.size[0] / width, picture.size[1] / height
    return (
        max(0, int(np.floor(box[0] * x))), max(0, int(np.floor(box[1] * y))),
        min(picture.size[0], int(np.ceil(box[2] * x))),
        min(picture.size[1], int(np.ceil(box[3] * y))),
    )  # fmt: skip


def _stages(
    plane: Plane, seen: Survey, chosen: int, close: Closeup, ink: Plane, pen: str, pixels: Grey
) -> list[Stage]:
    ground = "dark ink on a light ground" if seen.dark else "light ink on a dark ground"
    even = np.clip(1 - seen.ink / max(float(seen.ink.max()), 1e-6), 0, 1)
    marks = np.where(np.isin(seen.labels, [p.label for f in seen.finds for p in f.pieces]), 0.35, 0)
    marks = np.where(first_look.region(seen, seen.finds[chosen]), 1.0, marks)
    dropped = f" and {seen.rules} ruled lines dropped" if seen.rules else ""
    return [
        Stage("picture", "Your picture", thumbnail(plane / 255), "Upright, in shades of grey."),
        Stage("light", "Even light", thumbnail(even), f"Shadows are gone; this is {ground}."),
        Stage("marks", "What is a digit", thumbnail(marks.astype(np.float32)),
              f"{len(seen.finds)} found, specks and edges{dropped or ' dropped'}."),
        Stage("ink", "Its ink", thumbnail(close.ink),
              f"Ink is what is above {close.threshold:.0%} of its strength."),
        Stage("pen", "Pen", thumbnail(ink), pen),
        Stage("frame", "MNIST's frame", pixels,
              "Longest side 20 px, averaged by area, centred by mass in 28x28."),
    ]  # fmt: skip
