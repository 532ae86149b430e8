"""Sheets of many written digits."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFont
from scenes import Grey, Pen, jpeg, paper, picture, strokes, write

from vae_core.classifier.model import load_classifier
from vae_core.data.digits import Digits
from vae_core.digitize import Options, digitize


@pytest.fixture(scope="session")
def digits(test_digits: Digits) -> Grey:
    """The 10,000 test digits, uint8 (10000, 28, 28)."""
    return test_digits.images.numpy().reshape(-1, 28, 28)


def read(source: bytes) -> str:
    """What the classifier reads in each of a picture's digits, in the order given."""
    count = len(digitize(source).boxes)
    prepared = [digitize(source, Options(choose=index)).pixels for index in range(count)]
    x = torch.from_numpy(np.stack(prepared)[:, None]).float() / 255
    return "".join(str(int(digit)) for digit in load_classifier().probs(x).argmax(1))


def rows_of(digits: Grey, count: int, sheet: tuple[int, int], size: float) -> bytes:
    """Digits on uneven paper, `count` of them in three rows."""
    rng = np.random.default_rng(count)
    scene = paper(rng, light=0.35, grain=0.01, size=sheet)
    columns = count // 3
    for index in range(count):
        centre = ((index % columns + 0.5) / columns, (index // columns + 0.5) / 3)
        scene = write(scene, digits[index], rng, Pen(size=size, centre=centre))
    return jpeg(picture(scene))


def test_twenty_four_digits_are_found_on_one_sheet(digits: Grey) -> None:
    assert len(digitize(rows_of(digits, 24, (900, 480), 0.15)).boxes) == 24


def test_a_contact_sheet_of_fifty_is_found_to_its_edges(digits: Grey) -> None:
    tiles = digits[:50].reshape(5, 10, 28, 28).transpose(0, 2, 1, 3).reshape(140, 280)
    tight = tiles[3:-3, 3:-3]
    assert len(digitize(jpeg(Image.fromarray(255 - tight).convert("RGB"))).boxes) == 50


def test_boxes_and_their_labels_are_no_ink(digits: Grey) -> None:
    image = Image.new("L", (800, 200), 255)
    draw = ImageDraw.Draw(image)
    for index in range(8):
        left = 20 + 97 * index
        draw.rectangle((left, 80, left + 70, 150), outline=20, width=2)
        draw.text((left + 35, 62), str(index), 40, ImageFont.load_default(20), anchor="mm")
        ink = Image.fromarray((255 * strokes(digits[index], 42)).astype(np.uint8))
        image.paste(0, (left + 35 - ink.width // 2, 115 - ink.height // 2), ink)
    assert read(jpeg(image.convert("RGB"))) == "72104149"
