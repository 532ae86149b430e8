"""What is asked for of scribbles changes nothing of digits."""

from __future__ import annotations

import numpy as np
from PIL import Image

from vae_core.data.digits import Digits
from vae_core.digitize import Options, digitize

SHOW = Options(odd="show", polarity="light")


def test_digits_are_not_called_odd(test_digits: Digits) -> None:
    for digit in test_digits.images[:20, 0].numpy():
        pad = Image.new("L", (224, 224), 0)
        pad.paste(Image.fromarray(digit).resize((140, 140), Image.Resampling.BICUBIC), (40, 30))
        plain, shown = digitize(pad), digitize(pad, SHOW)
        assert not plain.odd
        assert not shown.odd
        assert np.array_equal(plain.pixels, shown.pixels)
