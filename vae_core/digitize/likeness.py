"""How much a group of marks looks like a written digit: a product of doubts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vae_core.digitize.components import Labels, Piece, Rect, union
from vae_core.digitize.filters import hull_area, operations
from vae_core.digitize.illumination import Guess

# A sheet of paper fills so much of the smallest rectangle around it; a 0 at most 0.87 or so.
SHEET = 0.92
# With less of it left, what is cut out is no writing.
LEAST_SHEET = 0.55
# A hole that fills less of its hull is a letter or a sign: that of a digit is round or a wedge.
HOLLOW, LEAST_HOLE, LEAST_INK = 0.7, 0.05, 0.5
# Around a mark, the ground must be wider than this many strokes.
RING = 1.5
# What touching a border of the picture leaves of a likeness.
BORDER = 0.4


def likeness(group: list[Piece], shape: tuple[int, ...], window: float) -> float:
    """How much a group of pieces looks like a written digit, 0 to 1; a product of doubts."""
    box = union(group)
    across, high = box[2] - box[0], box[3] - box[1]
    longest, total = max(across, high), sum(p.area for p in group)
    contrast = sum(p.contrast * p.area for p in group) / total
    width = sum(p.width * p.area for p in group) / total
    edge = sum(p.edge * p.perimeter for p in group) / max(1, sum(p.perimeter for p in group))
    thickest = max(p.thickest for p in group)
    slender = longest / max(width, 1.0)
    size = longest / min(shape)
    score = min(1.0, contrast / 0.3) ** 0.5
    score *= float(np.clip(np.log(size / 0.012) / np.log(0.5 / 0.012), 0.02, 1))
    score *= (
        float(np.clip((slender - 1.2) / 2.3, 0.02, 1)) * float(np.clip(45 / slender, 0, 1)) ** 2
    )
    score *= float(np.clip(2.4 - 0.75 * across / max(high, 1), 0.05, 1))
    # Real ink has an edge all around; shadows, smears and pieces of ground do not.
    score *= float(np.clip((edge - 0.55) / 0.4, 0.02, 1))
    # A pen is about as wide everywhere, and narrower than what counts as ground.
    score *= float(np.clip(2.2 - thickest / max(width, 1.0) / 2, 0.05, 1))
    score *= float(np.clip(2 - 2 * thickest / window, 0.05, 1))
    score *= BORDER ** borders(box, shape)
    # One stroke, or a few: crumbs make texture, not a digit.
    return score * float(np.clip(1.02 - 0.02 * len(group), 0.1, 1))


def borders(box: Rect, shape: tuple[int, ...]) -> int:
    height, width = shape
    return sum((box[0] <= 0, box[1] <= 0, box[2] >= width, box[3] >= height))


def stands_out(group: list[Piece], guess: Guess, labels: Labels) -> float:
    """Doubt about marks surrounded by what looks like themselves, 0 to 1.

    The paper inside a loop would pass for light ink on the dark stroke around it, were it
    not for the paper outside.
    """
    ndimage = operations()
    box = union(group)
    room = max(3, round(RING * max(piece.thickest for piece in group)))
    spot = _around(box, room)
    mine = np.isin(labels[spot], [piece.label for piece in group])
    near = ndimage.maximum_filter(mine, 2 * room + 1)
    around = near & ~ndimage.maximum_filter(mine, 3)
    if not around.any():
        return 0.1
    plane = guess.plane[spot]
    ink = float(plane[mine].mean())
    alike = np.abs(plane[around] - ink) < 0.35 * abs(_ground_under(mine, spot, guess) - ink)
    return float(np.clip(1.75 - 2.5 * alike.mean(), 0.02, 1))


def _ground_under(mine: NDArray[np.bool_], spot: tuple[slice, slice], guess: Guess) -> float:
    """Mean light of the ground under the marks, from their contrast."""
    plane, ink, relief = guess.plane[spot][mine], guess.ink[spot][mine], guess.relief[spot][mine]
    unit = plane / np.maximum(relief, 1e-6)
    return float((plane + ink * unit).mean() if guess.dark else (plane - ink * unit).mean())


def roughness(group: list[Piece], guess: Guess, labels: Labels) -> float:
    """How uneven the ground around the marks is, as a share of their contrast.

    Two thirds of the ground must lie this close to its median: paper is even, whatever
    lines or edges cross it, and skin, clouds and carpets are not.
    """
    box = union(group)
    room = round(0.3 * max(box[2] - box[0], box[3] - box[1])) + 2
    spot = _around(box, room)
    mine = np.isin(labels[spot], [piece.label for piece in group])
    ground = guess.relief[spot][~operations().maximum_filter(mine, 5)]
    if ground.size < 10:
        return 0.0
    contrast = max(float(guess.ink[spot][mine].mean()), 1e-3)
    return float(np.quantile(np.abs(ground - np.median(ground)), 0.65)) / contrast


def is_sheet(group: list[Piece], labels: Labels) -> bool:
    """Whether the marks are a rectangle with something cut out of it: paper around its writing.

    A broad 0 has a hole too, but rounded corners, and a bar without a hole can be a 1.
    """
    spot = _around(union(group), 0)
    mine = np.isin(labels[spot], [piece.label for piece in group])
    ink = float(mine.sum())
    # Cheapest first: hardly any writing fills half of its rectangle.
    least = LEAST_SHEET * SHEET
    if ink < least * mine.size / 2 or ink < least * smallest_rectangle(mine):
        return False
    whole = operations().binary_fill_holes(mine)
    shape = float(whole.sum())
    return LEAST_SHEET < ink / shape < 0.97 and shape > SHEET * smallest_rectangle(whole)


def is_badge(group: list[Piece], labels: Labels) -> bool:
    """Whether the marks are a broad shape with a letter or a sign cut out of it, as a logo is.

    A disc around a white K would pass for a 0, were its hole not the K.
    """
    spot = _around(union(group), 0)
    mine = np.isin(labels[spot], [piece.label for piece in group])
    if mine.mean() < LEAST_INK:
        return False
    ndimage = operations()
    holes, count = ndimage.label(ndimage.binary_fill_holes(mine) & (labels[spot] == 0))
    if not count:
        return False
    areas = np.bincount(holes.ravel())[1:]
    if areas.max() < max(30, LEAST_HOLE * mine.sum()):
        return False
    return float(areas.max()) < HOLLOW * hull_area(holes == int(areas.argmax()) + 1)


def smallest_rectangle(mask: NDArray[np.bool_]) -> float:
    """Area of the smallest rectangle, at any angle, around the mask's pixels."""
    points = np.argwhere(mask & ~operations().binary_erosion(mask)).astype(np.float64)
    turns = np.deg2rad(np.arange(0, 90, 3))
    sides = []
    for axis in (
        np.stack((np.cos(turns), np.sin(turns))),
        np.stack((-np.sin(turns), np.cos(turns))),
    ):
        along = points @ axis
        sides.append(along.max(0) - along.min(0) + 1)
    return float((sides[0] * sides[1]).min())


def _around(box: Rect, room: int) -> tuple[slice, slice]:
    return (
        slice(max(0, box[1] - room), box[3] + room),
        slice(max(0, box[0] - room), box[2] + room),
    )
