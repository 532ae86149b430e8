"""Pictures out of tensors: grids and strips as PNG, paths as GIF."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

GAP = 2
"""Pixels between two digits of a grid."""


def to_uint8(x: Tensor) -> NDArray[np.uint8]:
    """x (n, 1, 28, 28) in [0, 1] as grey bytes (n, 28, 28)."""
    return (x.detach().clamp(0, 1) * 255).round().byte().squeeze(1).cpu().numpy()


def grid(x: Tensor, columns: int | None = None) -> Image.Image:
    """Digits (n, 1, 28, 28) row by row on black, as square as they go unless `columns` is given."""
    tiles = to_uint8(x)
    columns = columns or math.ceil(math.sqrt(len(tiles)))
    rows = math.ceil(len(tiles) / columns)
    step = 28 + GAP
    sheet = np.zeros((rows * step + GAP, columns * step + GAP), np.uint8)
    for i, tile in enumerate(tiles):
        top, left = GAP + i // columns * step, GAP + i % columns * step
        sheet[top : top + 28, left : left + 28] = tile
    return Image.fromarray(sheet)


def labelled(sheet: Image.Image, rows: list[str], heads: list[str]) -> Image.Image:
    """A `grid` with a text beside each row and one above each column, grey on black."""
    font = ImageFont.load_default(12)
    margin = 2 * GAP + math.ceil(max((font.getlength(text) for text in rows), default=0))
    step, top = 28 + GAP, 20
    page = Image.new("L", (margin + sheet.width, top + sheet.height))
    page.paste(sheet, (margin, top))
    pen = ImageDraw.Draw(page)
    for i, text in enumerate(rows):
        pen.text((GAP, top + GAP + i * step + 14), text, fill=200, font=font, anchor="lm")
    for i, text in enumerate(heads):
        pen.text((margin + GAP + i * step + 14, top // 2), text, fill=200, font=font, anchor="mm")
    return page


def save_grid(x: Tensor, path: str | Path, columns: int | None = None) -> None:
    """Writes `grid` as a PNG; see `save_page`."""
    save_page(grid(x, columns), path)


def save_page(page: Image.Image, path: str | Path) -> None:
    """Writes a picture as a PNG.

    Raises:
        ValueError: the ending is not .png, or the file cannot be written.
    """
    _save(page, path, (".png",))


def save_path(x: Tensor, path: str | Path) -> None:
    """Digits along a path as a strip (.png) or there and back again as a film (.gif).

    Raises:
        ValueError: another ending, or the file cannot be written.
    """
    if Path(path).suffix.lower() != ".gif":
        return _save(grid(x, len(x)), path, (".png", ".gif"))
    frames = [
        Image.fromarray(tile).resize((224, 224), Image.Resampling.NEAREST) for tile in to_uint8(x)
    ]
    film = frames + frames[-2:0:-1]
    _save(film[0], path, (".gif",), save_all=True, append_images=film[1:], duration=80, loop=0)
    return None


def _save(
    image: Image.Image, path: str | Path, endings: tuple[str, ...], **options: object
) -> None:
    target = Path(path)
    if target.suffix.lower() not in endings:
        raise ValueError(
            f"the output is {str(path)!r}; its name must end in {' or '.join(endings)}."
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        image.save(target, **options)  # type: ignore[arg-type]
    except OSError as error:
        raise ValueError(f"{target} could not be written: {error}.") from error
