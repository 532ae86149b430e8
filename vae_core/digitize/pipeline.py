"""From a picture to a digit: look over the whole, look closely, set the pen, frame."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from . import survey as first_look
from .closeup import Closeup, closeup
from .framing import BOX, frame, has_greys, ink_box, is_mnist, on_canvas, thumbnail
from .judge import strangeness
from .light import Plane
from .opening import Picture, Source, read
from .pen import relative_width, with_width
from .survey import Find, Survey
from .types import Box, Digit, Grey, Options, Stage

WORKING = 1024
# Below this likeness, marks are noise.
UNLIKELY = 0.12
# Above this probability, a mark is no digit.
ODD = 0.85
# Above this unevenness of the ground around it, a mark is part of a photo.
ROUGH = 0.3
MOST_DIGITS = 12
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
    rivals = first_look.survey(plane, options.polarity, options.threshold)
    view = _best_view(picture, rivals, options)
    chosen = _choice(view, options.choose)
    close = view.closes[chosen]
    ink, pixels, sentence = _framed(close, options)
    boxes = [_at_full_scale(find.box, view.seen, picture) for find in view.finds]
    return Digit(
        pixels=pixels,
        stages=_stages(plane, view, chosen, ink, sentence, pixels),
        boxes=boxes,
        chosen=chosen,
        verdict=_verdict(len(boxes), chosen, options.choose is not None),
        polarity="dark" if view.seen.dark else "light",
        threshold=close.threshold,
        stroke_width=relative_width(ink),
    )


@dataclass(frozen=True)
class View:
    """What one guess at the polarity shows: finds, their close looks, and how odd each is."""

    seen: Survey
    finds: list[Find]
    closes: list[Closeup]
    odd: list[float]

    @property
    def worth(self) -> list[float]:
        pairs = zip(self.finds, self.odd, strict=True)
        return [find.score * (1 - 0.7 * odd) for find, odd in pairs]


def _best_view(picture: Picture, rivals: list[Survey], options: Options) -> View:
    """The likelier polarity's digits, without what is none; refuses when nothing is left."""
    if not rivals or rivals[0].best < UNLIKELY:
        raise ValueError("Nothing drawn: no ink stands out in the picture.")
    view = _view(picture, rivals[0], options)
    if len(rivals) > 1 and min(view.odd) > 0.5 and rivals[1].best > 0.4 * rivals[0].best:
        other = _view(picture, rivals[1], options)
        if min(other.odd) < min(view.odd) - 0.3:
            view = other
    if options.polarity == "auto" and options.threshold is None:
        _refuse(view)
    return _without_oddities(view)


def _view(picture: Picture, seen: Survey, options: Options) -> View:
    finds = seen.finds
    if len(finds) > MOST_DIGITS:
        # A page: its likeliest marks say what it is a page of.
        finds = sorted(finds, key=lambda find: -find.score)[:MOST_DIGITS]
        finds = [find for find in seen.finds if find in finds]
    closes = [closeup(picture, seen, find, options.threshold) for find in finds]
    odd = strangeness([_framed(close, DEFAULT)[1] for close in closes])
    return View(seen, finds, closes, odd)


def _refuse(view: View) -> None:
    """Raise ValueError, in plain words, when a view is no picture of digits."""
    strange = sum(odd > 0.5 for odd in view.odd)
    count = len(view.seen.finds)
    if count > MOST_DIGITS or (strange >= 3 and strange > len(view.finds) / 2):
        raise ValueError(
            f"There are {count} separate marks, and they do not look like digits: is this a "
            "page of text, or a photo? Show one digit, or a few."
        )
    if view.seen.share > 0.45:
        raise ValueError("Too much ink: is this a photo of a page, or of something else?")
    if all(_is_something_else(*each) for each in zip(view.finds, view.odd, strict=True)):
        raise ValueError("This does not look like a digit: is it a photo of something else?")


def _is_something_else(find: Find, odd: float) -> bool:
    """Whether shape, or shape and ground together, speak against a written digit."""
    return odd > ODD or find.rough > ROUGH or (odd > 0.3 and find.rough > 0.5 * ROUGH)


def _without_oddities(view: View) -> View:
    """The finds that may be digits; all of them when none may."""
    pairs = enumerate(zip(view.finds, view.odd, strict=True))
    keep = [i for i, (find, odd) in pairs if not _is_something_else(find, odd)]
    keep = keep or list(range(len(view.finds)))
    return View(
        view.seen, [view.finds[i] for i in keep], [view.closes[i] for i in keep],
        [view.odd[i] for i in keep],
    )  # fmt: skip


def every_digit(source: Source, most: int = 16) -> list[Grey]:
    """(28, 28) of all that might be digits, unjudged, up to `most`; none for a blank picture."""
    picture = read(source, WORKING)
    rivals = first_look.survey(_small(picture.image))
    if not rivals:
        return []
    closes = [closeup(picture, rivals[0], find, None) for find in rivals[0].finds[:most]]
    return [_framed(close, DEFAULT)[1] for close in closes]


def _framed(close: Closeup, options: Options) -> tuple[Plane, Grey, str]:
    """(ink with the pen set, MNIST's 28x28, a sentence on the pen)."""
    wanted = options.stroke
    if wanted == "auto" and close.clean and _is_native(close.ink):
        wanted = "keep"
    ink, sentence = with_width(close.ink, wanted)
    # A small drawing's faint rim is part of it; a large one's is the blur of its edge.
    rim = 0.0 if close.clean and ink is close.ink and max(ink.shape) <= 60 else 0.5
    box = ink_box(ink > rim * float(ink.max()))
    return ink, frame(ink, box), sentence


def _is_native(ink: Plane) -> bool:
    """Whether the digit already has MNIST's size and greys, as one pasted onto a canvas has."""
    box = ink_box(ink)
    if box is None or max(box[2] - box[0], box[3] - box[1]) > BOX:
        return False
    return has_greys(ink)


def _untouched(options: Options) -> bool:
    """Whether nothing was set that would change a digit found ready."""
    kept = options.stroke in ("auto", "keep") and options.choose in (None, 0)
    return kept and options.threshold is None


def _as_it_is(picture: Picture, options: Options) -> Digit | None:
    """An MNIST digit, alone or on a larger canvas, unchanged; None for any other picture."""
    if not _untouched(options) or picture.size != picture.image.size:
        return None
    grey = np.array(picture.image.convert("L"), dtype=np.uint8)
    if is_mnist(grey):
        box, digit, dark = ink_box(grey), grey, False
    else:
        placed = on_canvas(grey) if min(grey.shape) > 1 else None
        if placed is None:
            return None
        digit, box = placed
        dark = bool(grey[0, 0] > 0)
    if options.polarity == ("light" if dark else "dark"):
        return None
    stages = [
        Stage("picture", "Your picture", thumbnail(grey), "An MNIST digit, as it came in."),
        Stage("frame", "MNIST's frame", digit, "It has MNIST's size already: unchanged."),
    ]
    return Digit(
        digit, stages, [box or (0, 0, 28, 28)], 0,
        "This is an MNIST digit already; it stays as it is.", "dark" if dark else "light", 0.0,
        relative_width((digit / 255).astype(np.float32)),
    )  # fmt: skip


def _small(image: Image.Image) -> Plane:
    """Luminance, (h, w), 0 to 255, small enough for the first look."""
    scale = min(1.0, first_look.LONGEST / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    grey = image.convert("L")
    if size != grey.size:
        grey = grey.resize(size, Image.Resampling.BOX)
    return np.asarray(grey, np.float32)


def _choice(view: View, choose: int | None) -> int:
    count = len(view.finds)
    if choose is not None:
        if choose >= count:
            raise ValueError(
                f"choose is {choose}; the picture shows {count} "
                f"digit{'s' if count > 1 else ''}, counted from 0."
            )
        return choose
    # The first of several alike; a clearly better one goes before.
    return next(i for i, worth in enumerate(view.worth) if worth >= 0.85 * max(view.worth))


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
    plane: Plane, view: View, chosen: int, ink: Plane, pen: str, pixels: Grey
) -> list[Stage]:
    seen, close = view.seen, view.closes[chosen]
    ground = "dark ink on a light ground" if seen.dark else "light ink on a dark ground"
    even = np.clip(1 - seen.ink / max(float(seen.ink.max()), 1e-6), 0, 1)
    marks = np.where(np.isin(seen.labels, [p.label for f in view.finds for p in f.pieces]), 0.35, 0)
    marks = np.where(first_look.region(seen, view.finds[chosen]), 1.0, marks)
    dropped = f" and {seen.rules} ruled lines dropped" if seen.rules else ""
    return [
        Stage("picture", "Your picture", thumbnail(plane / 255), "Upright, in shades of grey."),
        Stage("light", "Even light", thumbnail(even), f"Shadows are gone; this is {ground}."),
        Stage("marks", "What is a digit", thumbnail(marks.astype(np.float32)),
              f"{len(view.finds)} found, specks and edges{dropped or ' dropped'}."),
        Stage("ink", "Its ink", thumbnail(close.ink),
              f"Ink is what is above {close.threshold:.0%} of its strength."),
        Stage("pen", "Pen", thumbnail(ink), pen),
        Stage("frame", "MNIST's frame", pixels,
              "Longest side 20 px, averaged by area, centred by mass in 28x28."),
    ]  # fmt: skip
