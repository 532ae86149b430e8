"""A drawing that is no digit: refused as a rule, shown as off the map on request, never a photo."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw
from refusals import LOGOS, REFUSED, as_jpeg

from vae_core.digitize import Options, digitize

SHOW = Options(odd="show", polarity="light")
CROSS = [[(0.1, 0.1), (0.4, 0.4)], [(0.4, 0.1), (0.1, 0.4)]]
SCRIBBLES = {
    "zigzag": [[(0.1 + 0.8 * i / 9, 0.2 if i % 2 else 0.8) for i in range(10)]],
    "star": [
        [(0.5 + 0.4 * np.sin(4 * np.pi * k / 5), 0.5 - 0.4 * np.cos(4 * np.pi * k / 5))
         for k in range(6)]
    ],
    "w": [[(0.1, 0.1), (0.3, 0.9), (0.5, 0.4), (0.7, 0.9), (0.9, 0.1)]],
    "line": [[(0.1, 0.5), (0.9, 0.5)]],
    "crosses": [*CROSS, *[[(x + 0.5, y + 0.5) for x, y in stroke] for stroke in CROSS]],
    "tangle": [[tuple(p) for p in np.random.default_rng(60).uniform(0.1, 0.9, (25, 2))]],
}  # fmt: skip


def drawn(name: str) -> Image.Image:
    """White strokes on a black pad, as the page sends them."""
    image = Image.new("L", (672, 672), 0)
    draw = ImageDraw.Draw(image)
    for stroke in SCRIBBLES[name]:
        draw.line([(x * 672, y * 672) for x, y in stroke], fill=255, width=52, joint="curve")
    return image.resize((224, 224), Image.Resampling.BOX)


@pytest.mark.parametrize("name", SCRIBBLES)
def test_a_scribble_is_refused_and_shown_on_request(name: str) -> None:
    with pytest.raises(ValueError, match=r"^[A-Z].*[.?]$"):
        digitize(drawn(name))
    shown = digitize(drawn(name), SHOW)
    assert shown.odd
    assert shown.verdict == "Off the map: this does not look like a digit."
    assert shown.pixels.max() == 255


@pytest.mark.parametrize("kind", REFUSED)
def test_what_holds_no_drawing_is_refused_all_the_same(kind: str) -> None:
    for source in (REFUSED[kind](), as_jpeg(REFUSED[kind]())):
        with pytest.raises(ValueError, match=r"^[A-Z0-9].*[.?]$"):
            digitize(source, Options(odd="show"))


@pytest.mark.parametrize("kind", LOGOS)
def test_a_letter_on_a_disc_is_shown_as_odd_where_that_is_asked_for(kind: str) -> None:
    assert digitize(LOGOS[kind](), Options(odd="show")).odd


def test_odd_must_be_a_known_word() -> None:
    with pytest.raises(ValueError, match="odd is 'hide'; it must be 'refuse' or 'show'"):
        Options(odd="hide")
