"""Connected pieces of ink, and which of them together make one digit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Labels = NDArray[np.int32]
Rect = tuple[int, int, int, int]

MOST_PIECES = 60


@dataclass(frozen=True)
class Piece:
    """A connected piece of ink: label, box (x0, y0, x1, y1), area, perimeter, contrast, edge.

    `contrast` is the mean over its pixels, `edge` the mean slope of the ink along its rim
    (contrast per pixel).
    """

    label: int
    box: Rect
    area: int
    perimeter: int
    contrast: float
    edge: float

    @property
    def longest(self) -> int:
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])

    @property
    def width(self) -> float:
        """Mean stroke width in pixels: twice the area over the perimeter."""
        # The outline is counted along pixel sides, 4/pi longer than a smooth one.
        return 2 * self.area / max(1.0, self.perimeter * np.pi / 4)


def pieces(mask: NDArray[np.bool_], ink: NDArray[np.float32]) -> tuple[Labels, list[Piece]]:
    """Label the mask (8-connected) and measure its largest pieces, largest box first."""
    from scipy import ndimage

    labels, count = ndimage.label(mask, np.ones((3, 3)))
    if not count:
        return labels, []
    flat = labels.ravel()
    areas = np.bincount(flat, minlength=count + 1)
    contrast = np.bincount(flat, ink.ravel(), count + 1) / np.maximum(areas, 1)
    perimeter, edge = _rims(labels, ink, count)
    slices = ndimage.find_objects(labels)
    found = []
    for index in _largest(areas, slices):
        rows, columns = slices[index - 1]
        box = (columns.start, rows.start, columns.stop, rows.stop)
        found.append(Piece(index, box, int(areas[index]), int(perimeter[index]),
                           float(contrast[index]), float(edge[index])))  # fmt: skip
    return labels, found


def _largest(areas: NDArray[np.intp], slices: list[tuple[slice, slice]]) -> list[int]:
    """Labels of up to MOST_PIECES pieces of at least 3 pixels, longest first."""
    worth = np.flatnonzero(areas[1:] >= 3) + 1
    worth = worth[np.argsort(areas[worth])[::-1][: 4 * MOST_PIECES]]
    longest = [
        max(s.stop - s.start for s in slices[int(label) - 1]) for label in worth
    ]  # fmt: skip
    order = np.argsort(longest, kind="stable")[::-1][:MOST_PIECES]
    return [int(worth[i]) for i in order]


def _rims(
    labels: Labels, ink: NDArray[np.float32], count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Length of each piece's outline in pixel sides, and the mean step of ink across it."""
    sides = np.zeros(count + 1)
    steps = np.zeros(count + 1)
    for axis in (0, 1):
        ahead = [slice(None), slice(None)]
        behind = [slice(None), slice(None)]
        ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
        a, b = labels[tuple(behind)], labels[tuple(ahead)]
        rim = (a > 0) != (b > 0)
        owner = np.maximum(a, b)[rim]
        step = np.abs(ink[tuple(ahead)] - ink[tuple(behind)])[rim]
        sides += np.bincount(owner, minlength=count + 1)
        steps += np.bincount(owner, step, count + 1)
    return sides, steps / np.maximum(sides, 1)


def together(items: list[Piece]) -> list[list[Piece]]:
    """Sort pieces into digits: broken strokes belong together, neighbours do not."""
    groups = [[piece] for piece in items]
    groups = _linked(groups, _same_dashes)
    # Merging makes boxes larger, which may bring a third piece within reach.
    for _ in range(4):
        merged = _linked(groups, _same_digit)
        if len(merged) == len(groups):
            break
        groups = merged
    return groups


def _linked(groups: list[list[Piece]], same) -> list[list[Piece]]:  # noqa: ANN001
    """Single linkage of groups by the predicate `same`."""
    parent = list(range(len(groups)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i in range(len(groups)):
        for j in range(i):
            if root(i) != root(j) and same(groups[i], groups[j]):
                parent[root(i)] = root(j)
    gathered: dict[int, list[Piece]] = {}
    for i, group in enumerate(groups):
        gathered.setdefault(root(i), []).extend(group)
    return list(gathered.values())


def _same_dashes(a: list[Piece], b: list[Piece]) -> bool:
    """Short dashes of one pen, no farther apart than they are long."""
    one, two = a[0], b[0]
    short = all(p.longest <= 6 * p.width for p in (one, two))
    alike = max(one.longest, two.longest) <= 3 * min(one.longest, two.longest)
    near = gap(one.box, two.box) <= 1.1 * max(one.longest, two.longest)
    return short and alike and near and gap(one.box, two.box) <= 4 * max(one.width, two.width)


def _same_digit(a: list[Piece], b: list[Piece]) -> bool:
    one, two = union(a), union(b)
    big, small = max(_longest(one), _longest(two)), min(_longest(one), _longest(two))
    apart = gap(one, two)
    if small < 0.45 * big:
        return apart <= 0.12 * big
    across, down = _overlaps(one, two)
    if across >= 0.4:
        tall = all(_tall(box) for box in (one, two)) and small > 0.6 * big
        return apart <= (0.05 if tall else 0.2) * big
    # Side by side: the two parts of an open 4 stand closer than two digits do.
    return apart <= (0.03 if small > 0.8 * big and down > 0.7 else 0.1) * big


def _longest(box: Rect) -> int:
    return max(box[2] - box[0], box[3] - box[1])


def _tall(box: Rect) -> bool:
    return box[3] - box[1] > 1.2 * (box[2] - box[0])


def _overlaps(one: Rect, two: Rect) -> tuple[float, float]:
    """How much of the narrower (lower) box lies under (beside) the other, 0 to 1."""
    shares = []
    for low, high in ((0, 2), (1, 3)):
        common = min(one[high], two[high]) - max(one[low], two[low])
        shares.append(max(0, common) / max(1, min(one[high] - one[low], two[high] - two[low])))
    return shares[0], shares[1]


def gap(one: Rect, two: Rect) -> float:
    """Distance in pixels between two boxes, 0 when they touch."""
    dx = max(0, max(one[0], two[0]) - min(one[2], two[2]))
    dy = max(0, max(one[1], two[1]) - min(one[3], two[3]))
    return float(np.hypot(dx, dy))


def union(items: list[Piece]) -> Rect:
    """The box around all pieces."""
    boxes = np.array([piece.box for piece in items])
    low, high = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])
