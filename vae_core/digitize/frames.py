"""Boxes drawn around digits, as on forms and worksheets: they are no ink."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vae_core.digitize.components import Piece, Rect
from vae_core.digitize.filters import operations
from vae_core.digitize.likeness import SHEET, smallest_rectangle

# A frame is a thin line: less of its rectangle than this is ink.
MOST_INK = 0.45
# From so many frames on, what stands in none of them is print.
FORM = 3


def without_frames(items: list[Piece]) -> tuple[list[Piece], list[Rect]]:
    """The pieces that frame no others, and the boxes of the frames that do."""
    holding = _holding(items)
    frames = [piece for piece, holds in zip(items, holding, strict=True) if holds]
    frames = [piece for piece in frames if _is_frame(piece)]
    return [piece for piece in items if piece not in frames], [piece.box for piece in frames]


def on_form(box: Rect, frames: list[Rect]) -> bool:
    """Whether a mark's box belongs to what was filled in: anywhere without a form."""
    if len(frames) < FORM:
        return True
    return any(_inside(box, frame) for frame in frames)


def _holding(items: list[Piece]) -> NDArray[np.bool_]:
    """Which pieces (n,) have another of a fifth of their size within their box."""
    box = np.array([piece.box for piece in items]).reshape(-1, 4)
    low, high = box[:, :2], box[:, 2:]
    within = (low[None] >= low[:, None]).all(axis=2) & (high[None] <= high[:, None]).all(axis=2)
    sides = high - low
    long = sides.max(axis=1)[None] > 0.2 * sides.min(axis=1)[:, None]
    another = ~np.eye(len(items), dtype=np.bool_)
    return (within & long & another).any(axis=1)


def _side(piece: Piece) -> int:
    return min(piece.box[2] - piece.box[0], piece.box[3] - piece.box[1])


def _inside(inner: Rect, outer: Rect) -> bool:
    return (
        inner[0] >= outer[0] and inner[1] >= outer[1]
        and inner[2] <= outer[2] and inner[3] <= outer[3]
    )  # fmt: skip


def _is_frame(piece: Piece) -> bool:
    """Whether a piece is the thin outline of a rectangle; a 0 has rounder corners."""
    whole = operations().binary_fill_holes(piece.padded)
    shape = float(np.count_nonzero(whole))
    if piece.area > MOST_INK * shape or piece.width > 0.15 * _side(piece):
        return False
    return shape > SHEET * smallest_rectangle(whole)
