"""From a picture to a digit: look over the whole, look closely, set the pen, frame."""

from __future__ import annotations

import numpy as np

from vae_core.data.image_files import Picture, Source, read
from vae_core.digitize import detect as first_look
from vae_core.digitize.candidates import View, best_view, chosen_crop, framed, small_plane
from vae_core.digitize.crop import Crop, crop_of
from vae_core.digitize.detect import Survey
from vae_core.digitize.illumination import Plane
from vae_core.digitize.mnist_frame import ink_box, is_mnist, on_canvas, thumbnail
from vae_core.digitize.stroke_width import relative_width
from vae_core.digitize.types import Box, Digit, Grey, Options, Stage

WORKING = 1024
OFF_THE_MAP = "Off the map: this does not look like a digit."
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
    view = best_view(picture, options)
    chosen = _choice(view, options.choose)
    crop = chosen_crop(picture, view, chosen, options)
    ink, pixels, sentence = framed(crop, options)
    boxes = [_at_full_scale(find.box, view.survey, picture) for find in view.finds]
    return Digit(
        pixels=pixels,
        stages=_stages(view, chosen, crop, ink, sentence, pixels),
        boxes=boxes,
        chosen=chosen,
        verdict=OFF_THE_MAP
        if view.is_odd
        else _verdict(len(boxes), chosen, options.choose is not None),
        polarity="dark" if view.survey.dark else "light",
        threshold=crop.threshold,
        stroke_width=relative_width(ink),
        odd=view.is_odd,
    )


def every_digit(source: Source, most: int = 16) -> list[Grey]:
    """(28, 28) of all that might be digits, unjudged, up to `most`; none for a blank picture."""
    picture = read(source, WORKING)
    rivals = first_look.survey(small_plane(picture.image))
    if not rivals:
        return []
    survey = rivals[0][0]
    crops = [crop_of(picture, survey, find, None) for find in survey.finds[:most]]
    return [framed(crop, DEFAULT)[1] for crop in crops]


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


def _choice(view: View, choose: int | None) -> int:
    count = len(view.finds)
    if choose is not None:
        if choose >= count:
            raise ValueError(
                f"There is no digit number {choose + 1}: the picture shows "
                f"{count} digit{'s' if count > 1 else ''}."
            )
        return choose
    # The first of several alike; a clearly better one goes before.
    return next(i for i, worth in enumerate(view.worth) if worth >= 0.85 * max(view.worth))


def _verdict(count: int, chosen: int, by_hand: bool) -> str:
    if count == 1:
        return "One digit found."
    which = f"number {chosen + 1} in reading order is taken"
    return f"{count} digits found: {which}{'' if by_hand else '; pick another if you like'}."


def _at_full_scale(box: Box, survey: Survey, picture: Picture) -> Box:
    height, width = survey.ink.shape
    x, y = picture.size[0] / width, picture.size[1] / height
    return (
        max(0, int(np.floor(box[0] * x))), max(0, int(np.floor(box[1] * y))),
        min(picture.size[0], int(np.ceil(box[2] * x))),
        min(picture.size[1], int(np.ceil(box[3] * y))),
    )  # fmt: skip


def _stages(view: View, chosen: int, crop: Crop, ink: Plane, pen: str, pixels: Grey) -> list[Stage]:
    survey = view.survey
    ground = "dark ink on a light ground" if survey.dark else "light ink on a dark ground"
    even = np.clip(1 - survey.ink / max(float(survey.ink.max()), 1e-6), 0, 1)
    marks = np.where(
        np.isin(survey.labels, [p.label for f in view.finds for p in f.pieces]), 0.35, 0
    )
    marks = np.where(first_look.region(survey, view.finds[chosen]), 1.0, marks)
    dropped = f" and {survey.rules} ruled lines dropped" if survey.rules else ""
    grey = thumbnail(survey.guess.plane / 255)
    return [
        Stage("picture", "Your picture", grey, "Upright, in shades of grey."),
        Stage("light", "Even light", thumbnail(even), f"Shadows are gone; this is {ground}."),
        Stage("marks", "What is a digit", thumbnail(marks.astype(np.float32)),
              f"{len(view.finds)} found, specks and edges{dropped or ' dropped'}."),
        Stage("ink", "Its ink", thumbnail(crop.ink),
              f"Ink is what is above {crop.threshold:.0%} of its strength."),
        Stage("pen", "Pen", thumbnail(ink), pen),
        Stage("frame", "MNIST's frame", pixels,
              "Longest side 20 px, averaged by area, centred by mass in 28x28."),
    ]  # fmt: skip
