"""Pictures of several digits: all of them are found, apart and whole, in reading order."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw, ImageFont
from scenes import Grey, Pen, jpeg, paper, picture, strokes, write

from vae_core.classifier.model import load_classifier
from vae_core.data.digits import Digits
from vae_core.digitize import Options, digitize
from vae_core.digitize.components import Rect
from vae_core.digitize.order import reading_order


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


def grid(rows: int, columns: int, degrees: float, bend: float = 0.0) -> list[Rect]:
    """Boxes of a tilted grid whose rows sag by `bend` of a digit's height, in reading order."""
    rng = np.random.default_rng(rows * columns)
    boxes = []
    for row in range(rows):
        for column in range(columns):
            x, y = 40.0 * column, 48.0 * row + 28 * bend * np.sin(np.pi * column / columns)
            turn = np.deg2rad(degrees)
            u, v = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
            high, wide = rng.uniform(22, 30), rng.uniform(6, 24)
            u, v = u + 200 + rng.uniform(-3, 3), v + 200 + rng.uniform(-3, 3)
            boxes.append((int(u), int(v), int(u + wide), int(v + high)))
    return boxes


@pytest.mark.parametrize("degrees", [-12, -8, -3, 0, 3, 8, 12])
@pytest.mark.parametrize(("rows", "columns"), [(1, 2), (1, 10), (2, 7), (5, 4), (6, 1)])
def test_tilted_rows_are_read_row_by_row(rows: int, columns: int, degrees: float) -> None:
    boxes = grid(rows, columns, degrees)
    shuffled = np.random.default_rng(1).permutation(len(boxes))
    order = reading_order([boxes[index] for index in shuffled])
    assert [int(shuffled[index]) for index in order] == list(range(len(boxes)))


def test_bent_rows_are_read_row_by_row() -> None:
    boxes = grid(3, 9, 2.0, bend=0.7)
    assert reading_order(boxes) == list(range(27))


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


def test_a_line_one_pixel_wide_is_a_one() -> None:
    pixels = np.full((28, 28), 255, np.uint8)
    pixels[9:18, 12] = 0
    assert read(jpeg(Image.fromarray(pixels).convert("RGB"))) == "1"


def test_a_photo_is_no_digit() -> None:
    """Cuttings of photos, as small as thumbnails: a fold or an edge is no 1."""
    data = pytest.importorskip("skimage.data")
    taken, tried = 0, 0
    for name in ("astronaut", "coffee", "chelsea"):
        image = Image.fromarray(getattr(data, name)()).convert("RGB")
        for place in range(8):
            x, y = 20 + 25 * place, 10 + 20 * (place % 5)
            tried += 1
            try:
                side = 32 << place % 3
                digitize(jpeg(image.crop((x, y, x + 130, y + 130)).resize((side, side))))
                taken += 1
            except ValueError:
                pass
    assert taken <= 0.1 * tried
