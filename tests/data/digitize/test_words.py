"""What a refusal says of written digits is true."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from refusals import as_jpeg

from vae_core.data.digits import Digits
from vae_core.digitize import digitize


def words(image: Image.Image) -> str:
    """The sentence that refuses a picture."""
    with pytest.raises(ValueError, match=r"^[A-Z]") as caught:
        digitize(as_jpeg(image))
    return str(caught.value)


def test_many_small_digits_are_called_small(test_digits: Digits) -> None:
    """A whole page, 6 px a digit in the small copy: they are digits, and too small."""
    rng = np.random.default_rng(0)
    page = np.zeros((1792, 1792), np.uint8)
    for row in range(8):
        for column in range(12):
            digit = test_digits.images[row * 12 + column, 0].numpy()
            y, x = 210 * row + rng.integers(0, 30) + 40, 145 * column + rng.integers(0, 20) + 20
            page[y : y + 28, x : x + 28] = digit
    said = words(Image.fromarray(255 - page))
    assert said.endswith("marks, too small to read: crop one row.")
    assert int(said.split()[2]) > 12
