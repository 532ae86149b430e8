"""Strokes that stand apart and digits that stand together: the judge parts and joins them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw
from scenes import Grey, jpeg

from vae_core.classifier.model import load_classifier
from vae_core.digitize import digitize
from vae_core.digitize.detect import Find, Survey


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


@pytest.mark.parametrize("stem", [150, 170, 190])
def test_a_pale_link_a_pixel_wide_is_kept(stem: int) -> None:
    """A cut through the middle of the greys loses it, and makes a 3 of a 5."""
    found = digitize(jpeg(five(stem)))
    assert len(found.boxes) == 1
    assert label(found.pixels) == 5


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
