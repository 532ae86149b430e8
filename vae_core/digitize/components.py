"""Connected pieces of ink, and which of them together make one digit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vae_core.digitize.filters import operations

Labels = NDArray[np.int32]
Rect = tuple[int, int, int, int]

MOST_PIECES = 110


@dataclass(frozen=True)
class Piece:
    """A connected piece of ink.

    Attributes:
        label: its number in the labels.
        box: (x0, y0, x1, y1).
        area: pixels.
        perimeter: length of the outline in pixel sides.
        contrast: mean over its pixels.
        edge: share of the outline, 0 to 1, where the picture itself has an edge.
        contact: pixels of it on the picture's border.
        padded: the piece alone, (h + 2, w + 2), with one empty pixel around its box.
    """

    label: int
    box: Rect
    area: int
    perimeter: int
    contrast: float
    edge: float
    contact: int
    padded: NDArray[np.bool_] = field(repr=False, compare=False)

    @property
    def longest(self) -> int:
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])

    @cached_property
    def width(self) -> float:
        """Mean stroke width in pixels: twice the area over the perimeter."""
        # The outline is counted along pixel sides, 4/pi longer than a smooth one.
        return 2 * self.area / max(1.0, self.perimeter * np.pi / 4)

    # Measured when asked for: most crumbs are dropped for their size alone.
    @cached_property
    def thickest(self) -> float:
        """Diameter in pixels of the largest disc within, about: the chessboard metric is fast."""
        return 2.0 * float(operations().distance_transform_cdt(self.padded).max()) - 1

    @cached_property
    def points(self) -> NDArray[np.floating]:
        """Up to some 100 pixels of the rim, (n, 2), as x, y."""
        p = self.padded
        inner = p[:-2, 1:-1] & p[2:, 1:-1] & p[1:-1, :-2] & p[1:-1, 2:]
        rows, columns = np.nonzero(p[1:-1, 1:-1] & ~inner)
        every = max(1, len(rows) // 100)
        x, y = columns[::every] + self.box[0], rows[::every] + self.box[1]
        return np.stack([x, y], 1).astype(np.float32)


def pieces(
    mask: NDArray[np.bool_], ink: NDArray[np.floating], relief: NDArray[np.floating]
) -> tuple[Labels, list[Piece]]:
    """Label the mask (8-connected) and measure its largest pieces, largest box first.

    All pieces in one pass: skimage.measure.regionprops takes 32 ms for 815 of them, this 2.

    Args:
        mask: (h, w), what is ink.
        ink: (h, w), contrast.
        relief: (h, w), the picture in units of contrast.
    """
    ndimage = operations()
    labels, count = ndimage.label(mask, np.ones((3, 3)))
    if not count:
        return labels, []
    inked = np.flatnonzero(labels)
    flat = labels.ravel()[inked]
    areas = np.bincount(flat, minlength=count + 1)
    contrast = np.bincount(flat, ink.ravel()[inked], count + 1) / np.maximum(areas, 1)
    perimeter, edge = _rims(labels, relief, areas, contrast)
    border = [labels[0], labels[-1], labels[1:-1, 0], labels[1:-1, -1]]
    contact = np.bincount(np.concatenate(border), minlength=count + 1)
    slices = ndimage.find_objects(labels)
    found = []
    for index in _largest(areas, slices):
        rows, columns = slices[index - 1]
        box = (columns.start, rows.start, columns.stop, rows.stop)
        padded = np.zeros((box[3] - box[1] + 2, box[2] - box[0] + 2), np.bool_)
        np.equal(labels[rows, columns], index, out=padded[1:-1, 1:-1])
        found.append(Piece(index, box, int(areas[index]), int(perimeter[index]),
                           float(contrast[index]), float(edge[index]),
                           int(contact[index]), padded))  # fmt: skip
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
    labels: Labels,
    relief: NDArray[np.floating],
    areas: NDArray[np.intp],
    contrast: NDArray[np.floating],
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """Length of each piece's outline in pixel sides, and how much of it is a true edge."""
    count, width = len(areas), labels.shape[1]
    flat, plane, mask = labels.ravel(), relief.ravel(), labels > 0
    owners, steps = [], []
    for axis, stride in ((0, width), (1, 1)):
        ahead, behind = _shifted(axis)
        # Of the few pixels with an outline on their far side, the flat places.
        rim = np.flatnonzero(np.pad(mask[ahead] != mask[behind], ((0, 1 - axis), (0, axis))))
        owners.append(np.maximum(flat[rim], flat[rim + stride]))
        # Blurred edges are several pixels wide, hairlines a single one.
        at = rim // width if axis == 0 else rim % width
        before = rim - stride * (at > 0)
        after = rim + stride * (1 + (at + 2 < labels.shape[axis]))
        wide, close = plane[after] - plane[before], plane[rim + stride] - plane[rim]
        steps.append(np.maximum(np.abs(wide), np.abs(close)))
    owner, step = np.concatenate(owners), np.concatenate(steps)
    sides = np.bincount(owner, minlength=count).astype(np.float64)
    across = 2 * areas / np.maximum(1, sides * np.pi / 4)
    # Over three pixels, a stroke of width w blurred by as much changes by some 3 / 2 w.
    needed = 0.5 * contrast * np.clip(3 / np.maximum(across, 1), 0.25, 1)
    good = np.minimum(1, step / np.maximum(needed[owner], 1e-6))
    return sides, np.bincount(owner, good, count) / np.maximum(sides, 1)


def _shifted(axis: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    ahead, behind = [slice(None), slice(None)], [slice(None), slice(None)]
    ahead[axis], behind[axis] = slice(1, None), slice(None, -1)
    return tuple(ahead), tuple(behind)


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


def _linked(
    groups: list[list[Piece]], same: Callable[[list[Piece], list[Piece]], bool]
) -> list[list[Piece]]:
    """Single linkage of groups by the predicate `same`.

    Not by scipy's connected components: those want every pair's answer, while a pair that is
    linked already is not asked here, and asking takes the time.
    """
    parent = list(range(len(groups)))

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i, j in _neighbours(np.array([union(group) for group in groups]).reshape(-1, 4)):
        if root(i) != root(j) and same(groups[i], groups[j]):
            parent[root(i)] = root(j)
    gathered: dict[int, list[Piece]] = {}
    for i, group in enumerate(groups):
        gathered.setdefault(root(i), []).extend(group)
    return list(gathered.values())


def _neighbours(boxes: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs of boxes closer than a little more than the longer one is long."""
    low, high = boxes[:, :2], boxes[:, 2:]
    apart = np.maximum(low[:, None], low[None]) - np.minimum(high[:, None], high[None])
    longest = (high - low).max(axis=1)
    reach = 1.1 * np.maximum(longest[:, None], longest[None])
    near = (np.clip(apart, 0, None) <= reach[..., None]).all(axis=2)
    return [(int(i), int(j)) for i, j in np.argwhere(np.tril(near, -1))]


def _same_dashes(a: list[Piece], b: list[Piece]) -> bool:
    """Short dashes of one pen, no farther apart than they are long."""
    one, two = a[0], b[0]
    longest = max(one.longest, two.longest)
    if any(p.longest > 6 * p.width for p in (one, two)):
        return False
    if longest > 3 * min(one.longest, two.longest) or gap(one.box, two.box) > 1.1 * longest:
        return False
    return distance(a, b) <= min(1.1 * longest, 4 * max(one.width, two.width))


def _same_digit(a: list[Piece], b: list[Piece]) -> bool:
    one, two = sorted((union(a), union(b)), key=lambda box: box[1])
    big, small = max(_longest(one), _longest(two)), min(_longest(one), _longest(two))
    if gap(one, two) > 0.3 * big:
        return False
    apart = distance(a, b)
    across, down = overlaps(one, two)
    if across >= 0.6 and _flat(one) and one[3] <= two[1] + 0.2 * big and small > 0.2 * big:
        # The bar of a 5, drawn last and high.
        return apart <= 0.3 * big
    if small < 0.45 * big:
        return apart <= 0.14 * big
    if across >= 0.4:
        tall = all(_tall(box) for box in (one, two)) and small > 0.6 * big
        return apart <= (0.05 if tall else 0.2) * big
    # Side by side: the two parts of an open 4 stand closer than two digits do.
    return apart <= (0.03 if small > 0.8 * big and down > 0.7 else 0.1) * big


def distance(a: list[Piece], b: list[Piece]) -> float:
    """Distance in pixels between the nearest points of two groups of pieces."""
    one = np.concatenate([piece.points for piece in a])
    two = np.concatenate([piece.points for piece in b])
    one, two = one[:: max(1, len(one) // 120)], two[:: max(1, len(two) // 120)]
    square = (one[:, :1] - two[:, 0]) ** 2 + (one[:, 1:] - two[:, 1]) ** 2
    return max(0.0, float(np.sqrt(square.min())) - 1)


def _longest(box: Rect) -> int:
    return max(box[2] - box[0], box[3] - box[1])


def _flat(box: Rect) -> bool:
    return box[2] - box[0] > 1.5 * (box[3] - box[1])


def _tall(box: Rect) -> bool:
    return box[3] - box[1] > 1.2 * (box[2] - box[0])


def overlaps(one: Rect, two: Rect) -> tuple[float, float]:
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
    boxes = [piece.box for piece in items]
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip
