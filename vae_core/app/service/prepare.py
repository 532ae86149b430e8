"""From whatever a visitor hands over to the 28x28 digit, and what the page shows of the way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from vae_core.app import checks, wire
from vae_core.app.service.damage import damaged, gap
from vae_core.digitize import Digit, Options, digitize
from vae_core.digitize.image_files import read
from vae_core.digitize.stroke_width import relative_width

FILM_SIDE = 168
"""Longest side of a stage in the filmstrip, in pixels: six model pixels a model pixel."""

SOURCE_SIDE = 480


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A digit with the picture file, or Pillow image, that it came from.

    Attributes:
        pixels: (28, 28) grey levels, white on black: what the model sees, damage included.
        gap: which of them were erased, None for none.
    """

    source: bytes | Image.Image
    digit: Digit
    pixels: wire.Grey
    gap: wire.Mask | None = None


def digit(picture: Any, options: Any = None) -> Prepared:
    """Open and digitize a picture; see `codec.picture_bytes` for what it may be.

    `{"digit": base64 of 784 grey bytes}` was digitized before, and stays as it is: a picture is
    sent once, and its digit from then on.

    Raises:
        ValueError: missing, unreadable or refused, with the digitizer's own sentence.
    """
    wishes = wanted(options)
    if isinstance(picture, dict) and "digit" in picture:
        source = wire.raw_digit("digit", picture["digit"])
        found = _ready(np.array(source))
    else:
        source = wire.picture_bytes(picture)
        found = digitize(source, wishes)
    wish = checks.mapping("options", options).get("damage")
    return Prepared(source=source, digit=found, pixels=damaged(found.pixels, wish), gap=gap(wish))


def _ready(pixels: wire.Grey) -> Digit:
    """A digit (28, 28) that has come all the way; what was said of it then is not known here."""
    width = relative_width((pixels / 255).astype(np.float32))
    return Digit(pixels, [], [(0, 0, wire.SIDE, wire.SIDE)], 0, "", "light", 0.0, width)


def wanted(options: Any) -> Options:
    """The digitizer's options from a page's object; absent, null or "auto" leaves it to decide.

    Raises:
        ValueError: a field of the wrong kind or out of range.
    """
    given = checks.mapping("options", options)
    threshold, choose, stroke = (given.get(key) for key in ("threshold", "choose", "stroke"))
    if isinstance(stroke, int | float):
        stroke = checks.number("stroke", stroke, 0.5, 6.0)
    else:
        stroke = checks.choice("stroke", stroke or "auto", ("auto", "keep"))
    return Options(
        polarity=checks.choice(
            "polarity", given.get("polarity") or "auto", ("auto", "dark", "light")
        ),
        threshold=None if threshold is None else checks.number("threshold", threshold, 0.0, 1.0),
        stroke=stroke,
        choose=None if choose is None else checks.whole("choose", choose, 0, 99),
        odd=checks.choice("odd", given.get("odd") or "refuse", ("refuse", "show")),
    )


def describe(prepared: Prepared, film: bool = True) -> dict[str, Any]:
    """The way of a picture as plain values.

    Returns:
        input: base64 of the 28x28 digit that the model sees; whole: the same before any damage
        (absent without); gap: base64 of 784 bytes, 1 where erased (absent without); verdict:
        the digitizer's words; odd: whether it looks like no digit; found: how many digits;
        chosen: index of the one taken; polarity, threshold, stroke_width as used; with `film`
        also what `_film` returns.
    """
    found = prepared.digit
    told = {
        "input": wire.pack(prepared.pixels),
        "verdict": found.verdict,
        "odd": found.odd,
        "found": len(found.boxes),
        "chosen": found.chosen,
        "polarity": found.polarity,
        "threshold": round(found.threshold, 3),
        "stroke_width": round(found.stroke_width, 2),
    }
    if prepared.pixels is not found.pixels:
        told["whole"] = wire.pack(found.pixels)
    if prepared.gap is not None:
        told["gap"] = wire.pack(prepared.gap.astype(np.uint8))
    return {**told, **_film(prepared)} if film else told


def _film(prepared: Prepared) -> dict[str, Any]:
    """source: a small PNG data URI of the upright picture; size: its full width and height;
    boxes: fractions (x0, y0, x1, y1) of it; stages: name, title, note, image, width, height."""
    upright = read(prepared.source, SOURCE_SIDE)
    scale = np.array([*upright.size, *upright.size], dtype=float)
    return {
        "source": wire.png_uri(np.asarray(upright.image)),
        "size": list(upright.size),
        "boxes": [(np.array(box) / scale).round(4).tolist() for box in prepared.digit.boxes],
        "stages": [_frame_of(stage) for stage in prepared.digit.stages],
    }


def _frame_of(stage: Any) -> dict[str, Any]:
    image = Image.fromarray(stage.image)
    if max(image.size) > FILM_SIDE:
        image.thumbnail((FILM_SIDE, FILM_SIDE), Image.Resampling.BOX)
    return {
        "name": stage.name,
        "title": stage.title,
        "note": stage.note,
        "image": wire.png_uri(np.asarray(image)),
        "width": image.width,
        "height": image.height,
    }
