"""From whatever a visitor hands over to the 28x28 digit, and what the page shows of the way."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from vae_core.app import checks, wire
from vae_core.app.service.damage import damaged, gap
from vae_core.app.service.replies import Arrived, Stage
from vae_core.app.wire import Grey, Mask, Picture
from vae_core.data.image_files import read
from vae_core.data.sets import DataSet
from vae_core.digitize import Digit, Options, digitize, types
from vae_core.digitize.other_sets import fitted
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
    pixels: Grey
    gap: Mask | None = None


def digit(picture: object, options: object = None, about: DataSet | None = None) -> Prepared:
    """Open and digitize a picture; see `wire.picture_bytes` for what it may be.

    Of a set `about` that is no handwriting of digits it is cropped or trimmed, and shrunk.

    `{"digit": base64 of 784 grey bytes}` was digitized before, and stays as it is: a picture is
    sent once, and its digit from then on.

    Raises:
        ValueError: missing, unreadable or refused, with the digitizer's own sentence.
    """
    asked = digitizer_options(options)
    given = wire.ready_digit(picture)
    if given is not None:
        source = Image.fromarray(given)
        found = _ready(given)
    else:
        source = wire.picture_bytes(picture)
        found = digitize(source, asked) if about is None else fitted(source, about, asked.polarity)
    damage = checks.mapping("options", options).get("damage")
    pixels = damaged(found.pixels, damage)
    return Prepared(source=source, digit=found, pixels=pixels, gap=gap(damage))


def _ready(pixels: Grey) -> Digit:
    """A digit (28, 28) that has come all the way; what was said of it then is not known here."""
    width = relative_width((pixels / 255).astype(np.float32))
    return Digit(pixels, [], [(0, 0, wire.SIDE, wire.SIDE)], 0, "", "light", 0.0, width)


def digitizer_options(options: object) -> Options:
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


def describe(prepared: Prepared, film: bool = True) -> Arrived:
    """The digit, what the digitizer says of it, and with `film` each stage of its way."""
    found = prepared.digit
    about: Arrived = {
        "input": prepared.pixels,
        "verdict": found.verdict,
        "odd": found.odd,
        "found": len(found.boxes),
        "chosen": found.chosen,
        "polarity": found.polarity,
        "threshold": round(found.threshold, 3),
        "stroke_width": round(found.stroke_width, 2),
    }
    if prepared.pixels is not found.pixels:
        about["whole"] = found.pixels
    if prepared.gap is not None:
        about["gap"] = prepared.gap.astype(np.uint8)
    if film:
        _add_film(about, prepared)
    return about


def _add_film(about: Arrived, prepared: Prepared) -> None:
    upright = read(prepared.source, SOURCE_SIDE)
    scale = np.array([*upright.size, *upright.size], dtype=float)
    about["source"] = Picture(np.asarray(upright.image))
    about["size"] = list(upright.size)
    about["boxes"] = [(np.array(box) / scale).round(4).tolist() for box in prepared.digit.boxes]
    about["stages"] = [_stage(stage) for stage in prepared.digit.stages]


def _stage(stage: types.Stage) -> Stage:
    image = Image.fromarray(stage.image)
    if max(image.size) > FILM_SIDE:
        image.thumbnail((FILM_SIDE, FILM_SIDE), Image.Resampling.BOX)
    return {
        "name": stage.name,
        "title": stage.title,
        "note": stage.note,
        "image": Picture(np.asarray(image)),
        "width": image.width,
        "height": image.height,
    }
