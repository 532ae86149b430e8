"""A first look at the whole picture: which polarity, which scale, and where the digits are.

Every guess (dark or light ink, wide or narrow strokes, strong or faint ink) is tried on a small
copy, and the one whose marks look most like writing wins: sharp, thin for their length, away
from the border, of a sensible size.

One search under one score: its parts mean nothing apart, so they share a file past 300 lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .filters import operations
from .light import Plane, ink_map, paper_noise
from .marks import Labels, Piece, Rect, pieces, together, union
from .rules import without_rules

LONGEST = 448
# Shares of the shorter side: a marker filling the picture, and a pen on a shaded page.
# The narrow window hollows broad strokes out, so that it has to win clearly.
WINDOWS = ((0.36, 1.0), (0.12, 0.85))
LEVELS = (0.5, 0.3, 0.17)
FAINTEST = 0.04
# A sheet of paper fills so much of the smallest rectangle around it; a 0 at most 0.87 or so.
SHEET = 0.92
# With less of it left, what is cut out is no writing.
LEAST_SHEET = 0.55
# Around a mark, the ground must be wider than this many strokes.
RING = 1.5


@dataclass(frozen=True)
class Find:
    """One digit's worth of ink.

    Attributes:
        box: (x0, y0, x1, y1) in the small copy.
        pieces: its strokes.
        score: how much it looks like a written digit, 0 to 1.
        rough: how uneven the ground around it is, see `_roughness`.
    """

    box: Rect
    pieces: list[Piece]
    score: float
    rough: float

    @property
    def longest(self) -> int:
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])

    @property
    def width(self) -> float:
        return float(
            np.average([p.width for p in self.pieces], weights=[p.area for p in self.pieces])
        )


@dataclass(frozen=True)
class Guess:
    """Ink under one assumption.

    Attributes:
        dark: whether the ink is darker than the ground.
        window: pixels of the small copy, see `light.ink_map`.
        trust: factor on what is found.
        plane: the picture, (h, w), 0 to 255.
        ink: contrast, (h, w).
        relief: the picture itself in units of contrast, (h, w): a true edge of ink is one here.
    """

    dark: bool
    window: float
    trust: float
    plane: Plane
    ink: Plane
    relief: Plane


@dataclass(frozen=True)
class Survey:
    """The winning guess and what it found.

    Attributes:
        guess: polarity, window and contrast.
        level: contrast above which a pixel counts as ink.
        labels: pieces of ink, (h, w), 0 for none.
        finds: digits, in reading order.
        rules: how many ruled lines were dropped.
        share: share of the picture that is these digits' ink.
    """

    guess: Guess
    level: float
    labels: Labels
    finds: list[Find]
    rules: int
    share: float

    @property
    def dark(self) -> bool:
        return self.guess.dark

    @property
    def ink(self) -> Plane:
        return self.guess.ink

    @property
    def best(self) -> float:
        return self.guess.trust * max((find.score for find in self.finds), default=0.0)


def survey(plane: Plane, polarity: str = "auto", threshold: float | None = None) -> list[Survey]:
    """Look over (h, w) luminance 0 to 255, longest side some LONGEST pixels.

    Returns:
        The best guess of either polarity, the better one first; empty without any ink.
    """
    best: dict[bool, Survey] = {}
    tried: set[bool] = set()
    for guess in _guesses(plane, polarity):
        for level in _levels(guess.ink, threshold):
            seen = _look(guess, level)
            if seen is not None and (guess.dark not in best or seen.best > best[guess.dark].best):
                best[guess.dark] = seen
        tried.add(guess.dark)
        if len(tried) == 2 and _settled([seen.best for seen in best.values()]):
            break
    return sorted(best.values(), key=lambda seen: -seen.best)


def _settled(scores: list[float]) -> bool:
    """Whether one polarity is so clearly right that narrow windows need no trial."""
    first, second = sorted([0.0, 0.0, *scores])[:-3:-1]
    return first >= 0.8 and first > 1.4 * second


def _guesses(plane: Plane, polarity: str) -> Iterator[Guess]:
    for share, trust in WINDOWS:
        for dark in (True, False):
            if polarity in ("auto", "dark" if dark else "light"):
                window = max(3.0, share * min(plane.shape))
                ink, unit = ink_map(plane, dark, window)
                yield Guess(dark, window, trust, plane, ink, plane / unit)


def _levels(ink: Plane, threshold: float | None) -> list[float]:
    """Contrasts at which to cut, from strong to faint, all above the paper's own noise."""
    middle, spread = paper_noise(ink)
    floor = max(FAINTEST, middle + 5 * spread)
    strongest = min(12, ink.size - 1)
    strong = ink[ink > floor]
    if strong.size <= strongest:
        return []
    peak = float(np.partition(strong, -strongest - 1)[-strongest - 1])
    if threshold is not None:
        return [max(threshold * peak, 1e-3)]
    levels = [share * peak for share in LEVELS if share * peak > floor]
    return [*levels, floor] if not levels or levels[-1] > 1.5 * floor else levels


def _look(guess: Guess, level: float) -> Survey | None:
    ink = guess.ink
    mask = ink > level
    labels, items = pieces(mask, ink, guess.relief)
    rules = 0
    if any(_spans(piece, mask.shape) for piece in items):
        mask, rules = without_rules(mask)
        if rules:
            labels, items = pieces(mask, ink, guess.relief)
    # What lies along the border is a desk or a scanner's lid; a stroke only crosses it.
    items = [p for p in items if p.contact <= max(4.0, 2 * p.thickest)] or items
    items = [p for p in items if p.longest >= 0.12 * items[0].longest] if items else []
    groups = together(items)
    finds = _worth([_find(group, guess, labels) for group in groups])
    if not finds:
        return None
    share = sum(piece.area for find in finds for piece in find.pieces) / mask.size
    return Survey(guess, level, labels, _in_reading_order(finds), rules, share)


def _spans(piece: Piece, shape: tuple[int, ...]) -> bool:
    wide = piece.box[2] - piece.box[0] >= 0.5 * shape[1]
    high = piece.box[3] - piece.box[1] >= 0.5 * shape[0]
    return (wide or high) and piece.width < 0.12 * piece.longest


def _find(group: list[Piece], guess: Guess, labels: Labels) -> Find:
    score, rough = _likeness(group, guess.ink.shape, guess.window), 1.0
    if score > 0.01:
        score *= _stands_out(group, guess, labels)
        rough = _roughness(group, guess, labels)
        score *= float(np.clip(1.7 - 4 * rough, 0.05, 1))
        score *= 0.05 if _is_sheet(group, labels) else 1.0
    return Find(union(group), group, score, rough)


def _roughness(group: list[Piece], guess: Guess, labels: Labels) -> float:
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


def _is_sheet(group: list[Piece], labels: Labels) -> bool:
    """Whether the marks are a rectangle with something cut out of it: paper around its writing.

    A broad 0 has a hole too, but rounded corners, and a bar without a hole can be a 1.
    """
    spot = _around(union(group), 0)
    mine = np.isin(labels[spot], [piece.label for piece in group])
    ink = float(mine.sum())
    # Cheapest first: hardly any writing fills half of its rectangle.
    least = LEAST_SHEET * SHEET
    if ink < least * mine.size / 2 or ink < least * _smallest_rectangle(mine):
        return False
    whole = operations().binary_fill_holes(mine)
    shape = float(whole.sum())
    return LEAST_SHEET < ink / shape < 0.97 and shape > SHEET * _smallest_rectangle(whole)


def _smallest_rectangle(mask: NDArray[np.bool_]) -> float:
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


def _stands_out(group: list[Piece], guess: Guess, labels: Labels) -> float:
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


def _likeness(group: list[Piece], shape: tuple[int, ...], window: float) -> float:
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
    score *= 0.4 ** _borders(box, shape)
    # One stroke, or a few: crumbs make texture, not a digit.
    return score * float(np.clip(1.02 - 0.02 * len(group), 0.1, 1))


def _borders(box: Rect, shape: tuple[int, ...]) -> int:
    height, width = shape
    return sum((box[0] <= 0, box[1] <= 0, box[2] >= width, box[3] >= height))


def _worth(finds: list[Find]) -> list[Find]:
    """The finds that stand comparison with the best one."""
    if not finds:
        return []
    best = max(finds, key=lambda find: find.score)
    return [
        f for f in finds if f.score >= 0.45 * best.score and f.longest >= 0.4 * best.longest
    ]  # fmt: skip


def _in_reading_order(finds: list[Find]) -> list[Find]:
    """Line by line, left to right; a line is what overlaps its first digit by half."""
    left = sorted(finds, key=lambda find: find.box[1])
    ordered: list[Find] = []
    while left:
        top, bottom = left[0].box[1], left[0].box[3]
        line = [
            f for f in left
            if min(bottom, f.box[3]) - max(top, f.box[1])
            >= 0.4 * min(bottom - top, f.box[3] - f.box[1])
        ]  # fmt: skip
        ordered += sorted(line, key=lambda find: find.box[0])
        left = [f for f in left if f not in line]
    return ordered


def region(seen: Survey, find: Find) -> NDArray[np.bool_]:
    """Where the digit's ink lies in the small copy, (h, w)."""
    return np.isin(seen.labels, [piece.label for piece in find.pieces])
