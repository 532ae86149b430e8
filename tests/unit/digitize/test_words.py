"""What a refusal says is true of the picture that it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw
from refusals import as_jpeg, flat, text

from vae_core.digitize import digitize


def words(image: Image.Image) -> str:
    """The sentence that refuses a picture."""
    with pytest.raises(ValueError, match=r"^[A-Z]") as caught:
        digitize(as_jpeg(image))
    return str(caught.value)


def test_text_is_called_text() -> None:
    assert "is this a page of text" in words(text(6, 40))


def test_nothing_is_called_nothing() -> None:
    assert words(flat(255)).startswith("Nothing drawn")


def test_a_star_is_no_page() -> None:
    image = Image.new("L", (300, 300), 255)
    turns = np.arange(6) * 4 * np.pi / 5
    points = [(150 + 120 * np.sin(t), 150 - 120 * np.cos(t)) for t in turns]
    ImageDraw.Draw(image).line(points, fill=0, width=14, joint="curve")
    assert words(image) == "This does not look like a digit: is it a photo of something else?"
