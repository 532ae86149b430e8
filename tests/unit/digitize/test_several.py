"""Pictures of several digits: all of them are found, apart and whole, in reading order."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from PIL import Image
from scenes import jpeg

from vae_core.classifier.model import load_classifier
from vae_core.digitize import Options, digitize
from vae_core.digitize.components import Rect
from vae_core.digitize.order import reading_order


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
