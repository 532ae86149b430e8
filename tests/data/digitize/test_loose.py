"""Written digits that stand close together."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scenes import Grey, tight

from vae_core.data.digits import Digits
from vae_core.digitize import detect as first_look
from vae_core.digitize.candidates import small_plane
from vae_core.digitize.contest import best_look
from vae_core.digitize.detect import Survey
from vae_core.digitize.judge import not_a_digit
from vae_core.digitize.regroup import regrouped


def row_of(digits: Grey, gap: int) -> Image.Image:
    """Digits (n, 28, 28) side by side on white, `gap` of their pixels between them."""
    cut = [tight(digit / 255.0) for digit in digits]
    out = np.zeros((24, sum(ink.shape[1] + gap for ink in cut) - gap))
    left = 0
    for index, ink in enumerate(cut):
        top = index % 4
        out[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
        left += ink.shape[1] + gap
    image = Image.fromarray(255 - (230 * np.pad(out, 4)).astype(np.uint8))
    return image.resize((6 * image.width, 6 * image.height), Image.Resampling.BICUBIC)


def look(image: Image.Image) -> Survey:
    """The likeliest look at dark ink."""
    return best_look(first_look.survey(small_plane(image), "dark")[0], not_a_digit)


def test_neighbours_in_a_tight_row_are_parted(test_digits: Digits) -> None:
    """Distances alone take a 6 and a 0 below it for an open 4."""
    images = test_digits.images.numpy().reshape(-1, 28, 28)
    found = [len(look(row_of(images[start : start + 5], 3)).finds) for start in range(0, 60, 5)]
    assert sum(count == 5 for count in found) >= 11


def test_what_is_a_digit_by_itself_takes_no_stroke_from_below(test_digits: Digits) -> None:
    """A line under a digit, or another digit under it, is no part of it."""
    images = test_digits.images.numpy().reshape(-1, 28, 28)
    above = np.concatenate([images[0, 4:24], np.zeros((4, 28), np.uint8), images[1, 4:24]])
    image = Image.fromarray(255 - np.pad(above, 8)).resize((264, 360), Image.Resampling.BICUBIC)
    seen = first_look.survey(small_plane(image), "dark")[0][0]
    assert len(regrouped(seen, not_a_digit).finds) == 2
