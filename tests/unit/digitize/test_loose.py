"""Strokes that stand apart and digits that stand together: the judge parts and joins them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from scenes import Grey, jpeg, tight

from vae_core.classifier.model import load_classifier
from vae_core.data.digits import Digits
from vae_core.digitize import detect as first_look
from vae_core.digitize import digitize
from vae_core.digitize.candidates import small_plane
from vae_core.digitize.contest import best_look
from vae_core.digitize.detect import Find, Survey
from vae_core.digitize.judge import strangeness
from vae_core.digitize.regroup import regrouped


def five(stem: int) -> Image.Image:
    """A 5 on 28 pixels: a thick bar, a bow one pixel wide, and a stem `stem` grey between."""
    image = Image.new("L", (28, 28), 255)
    draw = ImageDraw.Draw(image)
    draw.arc((5, 11, 19, 24), 235, 120, fill=0)
    draw.line((9, 7, 8, 13), fill=stem)
    draw.rectangle((9, 4, 20, 6), fill=0)
    return image.convert("RGB")


def label(pixels: Grey) -> int:
    """The digit that the classifier reads."""
    x = torch.from_numpy(pixels[None, None]).float() / 255
    return int(load_classifier().probs(x).argmax())


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


@pytest.mark.parametrize("stem", [150, 170, 190])
def test_a_pale_link_a_pixel_wide_is_kept(stem: int) -> None:
    """A cut through the middle of the greys loses it, and makes a 3 of a 5."""
    found = digitize(jpeg(five(stem)))
    assert len(found.boxes) == 1
    assert label(found.pixels) == 5


def look(image: Image.Image) -> Survey:
    """The likeliest look at dark ink."""
    return best_look(first_look.survey(small_plane(image), "dark")[0], strangeness)


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
    assert len(regrouped(seen, strangeness).finds) == 2


def test_a_rim_does_not_outweigh_a_digit() -> None:
    """Fainter ink finds the same marks a little larger, and misses one: it must not win."""

    class Trusted:
        trust = 1.0

    def seen(grown: int, count: int, score: float) -> Survey:
        boxes = [(60 * i - grown, -grown, 60 * i + 30 + grown, 40 + grown) for i in range(count)]
        finds = [Find(box, [], score, 0.0) for box in boxes]
        return Survey(Trusted(), 0.1, np.zeros((1, 1), np.int32), finds, 0, 0.1)  # type: ignore[arg-type]

    from vae_core.digitize.contest import _contest

    mine, theirs = _contest(seen(2, 14, 0.62), seen(0, 15, 0.58), [0.0] * 14, [0.0] * 15)
    assert theirs > 1.03 * mine
