"""A first look at the whole picture: which polarity, which scale, and where the digits are.

Every guess (dark or light ink, wide or narrow strokes, strong or faint ink) is tried on a small
copy, and ranked by the mark that looks most like writing: sharp, thin for their length, away
from the border, of a sensible size.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from vae_core.digitize.components import Labels, Piece, Rect, pieces, together, union
from vae_core.digitize.frames import on_form, without_frames
from vae_core.digitize.illumination import Guess, Plane, ink_map, paper_noise
from vae_core.digitize.likeness import (
    BORDER,
    borders,
    is_badge,
    is_sheet,
    likeness,
    roughness,
    stands_out,
)
from vae_core.digitize.order import reading_order
from vae_core.digitize.ruled_lines import NO_RULES, Rules, erased, rules_of

LONGEST = 448
# Shares of the shorter side: a marker filling the picture, and a pen on a shaded page.
# The narrow window hollows broad strokes out, so that it has to win clearly.
WINDOWS = ((0.36, 1.0), (0.12, 0.85))
LEVELS = (0.5, 0.3, 0.17)
FAINTEST = 0.04
# Fewer pixels above the noise than this are specks, in a picture of any size.
FEWEST = 6
# With so many digits away from the border, those on it are digits as well.
SIBLINGS = 3
# A mark whose likeness is less than this share of the best one's is no digit beside it.
COMPARABLE = 0.45
# So many of the longest other marks may be loose strokes of a digit.
MOST_LOOSE = 24


@dataclass(frozen=True)
class Find:
    """One digit's worth of ink.

    Attributes:
        box: (x0, y0, x1, y1) in the small copy.
        pieces: its strokes.
        score: how much it looks like a written digit, 0 to 1.
        rough: how uneven the ground around it is, see `likeness.roughness`.
        cut: how many borders of the picture it touches.
    """

    box: Rect
    pieces: list[Piece]
    score: float
    rough: float
    cut: int = 0

    @property
    def longest(self) -> int:
        return max(self.box[2] - self.box[0], self.box[3] - self.box[1])

    @cached_property
    def width(self) -> float:
        """Mean stroke width of its pieces by area; asked for in every pair of marks."""
        return sum(p.width * p.area for p in self.pieces) / sum(p.area for p in self.pieces)


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
        explained: share of all the ink away from the border that is these digits'.
        rest: marks that do not compare with the best, among them strokes of broken digits.
    """

    guess: Guess
    level: float
    labels: Labels
    finds: list[Find]
    rules: int
    share: float
    explained: float = 1.0
    rest: list[Find] = field(default_factory=list, repr=False)

    @property
    def dark(self) -> bool:
        return self.guess.dark

    @property
    def ink(self) -> Plane:
        return self.guess.ink

    @property
    def best(self) -> float:
        return self.guess.trust * max((find.score for find in self.finds), default=0.0)


def survey(
    plane: Plane, polarity: str = "auto", threshold: float | None = None
) -> list[list[Survey]]:
    """Look over (h, w) luminance 0 to 255, longest side some LONGEST pixels.

    Returns:
        All looks at either polarity, the likelier look and polarity first; empty
        without any ink.
    """
    looks: dict[bool, list[Survey]] = {}
    tried: set[bool] = set()
    for guess in _guesses(plane, polarity):
        found = _looks(guess, threshold)
        if found:
            looks.setdefault(guess.dark, []).extend(found)
        tried.add(guess.dark)
        if len(tried) == 2 and _settled([max(s.best for s in one) for one in looks.values()]):
            break
    ranked = [sorted(one, key=lambda look: -look.best) for one in looks.values()]
    return sorted(ranked, key=lambda one: -one[0].best)


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
    strong = ink[ink > floor]
    if strong.size < FEWEST:
        return []
    # Not the very strongest, which may be a speck; a hairline has only a few pixels.
    strongest = min(12, strong.size // 2)
    peak = float(np.partition(strong, -strongest - 1)[-strongest - 1])
    if threshold is not None:
        return [max(threshold * peak, 1e-3)]
    levels = [share * peak for share in LEVELS if share * peak > floor]
    return [*levels, floor] if not levels or levels[-1] > 1.5 * floor else levels


def _looks(guess: Guess, threshold: float | None) -> list[Survey]:
    """Looks at all levels that show marks, from strong to faint ink."""
    found: list[Survey] = []
    rules = NO_RULES
    # From faint to strong: a line is seen whole in faint ink, and known in strong ink then.
    for level in reversed(_levels(guess.ink, threshold)):
        look, own = _look(guess, level, rules)
        rules = max(own.drawn, rules, key=len)
        if look is not None:
            found.insert(0, look)
    return found


def _look(guess: Guess, level: float, known: Rules) -> tuple[Survey | None, Rules]:
    """What one level shows, without the lines that it or a fainter one knows; and those lines."""
    ink = guess.ink
    mask = ink > level
    labels, items = pieces(mask, ink, guess.relief)
    rules = known
    if any(_spans(piece, mask.shape) for piece in items):
        rules = max(rules_of(mask), known, key=len)
    if rules:
        labels, items = pieces(erased(mask, rules), ink, guess.relief)
    # What lies along the border is a desk or a scanner's lid; a stroke only crosses it.
    items = [p for p in items if p.contact <= 4 or p.contact <= 2 * p.thickest] or items
    items, frames = without_frames(items)
    total = sum(piece.area for piece in items)
    items = [p for p in items if p.longest >= 0.12 * items[0].longest] if items else []
    every = _measured(together(items), guess, labels)
    finds = _worth(every)
    finds = [find for find in finds if on_form(find.box, frames)]
    if not finds:
        return None, rules
    area = sum(piece.area for find in finds for piece in find.pieces)
    ordered = [finds[index] for index in reading_order([find.box for find in finds])]
    boxes = {find.box for find in finds}
    rest = sorted((find for find in every if find.box not in boxes), key=lambda of: -of.longest)
    return Survey(
        guess, level, labels, ordered, len(rules), area / mask.size, area / total,
        rest[:MOST_LOOSE],
    ), rules  # fmt: skip


def _spans(piece: Piece, shape: tuple[int, ...]) -> bool:
    wide = piece.box[2] - piece.box[0] >= 0.5 * shape[1]
    high = piece.box[3] - piece.box[1] >= 0.5 * shape[0]
    return (wide or high) and piece.width < 0.12 * piece.longest


def _measured(groups: list[list[Piece]], guess: Guess, labels: Labels) -> list[Find]:
    """All groups as marks; those that cannot stand comparison with the best, by shape alone.

    Looking at the ground takes most of the time, and only lowers what the shape scores.
    """
    plain = [_shaped(group, guess) for group in groups]
    # The border may be forgiven, see `_with_siblings`.
    hopes = [min(1.0, find.score / BORDER**find.cut) for find in plain]
    best = 0.0
    for index in sorted(range(len(plain)), key=lambda i: -hopes[i]):
        if hopes[index] < COMPARABLE * best:
            break
        plain[index] = _grounded(plain[index], guess, labels)
        best = max(best, plain[index].score)
    return plain


def measured(group: list[Piece], guess: Guess, labels: Labels) -> Find:
    """Pieces of ink as one mark, with its likeness to a written digit."""
    return _grounded(_shaped(group, guess), guess, labels)


def _shaped(group: list[Piece], guess: Guess) -> Find:
    """A mark scored by its shape alone."""
    box, shape = union(group), guess.ink.shape
    return Find(box, group, likeness(group, shape, guess.window), 1.0, borders(box, shape))


def _grounded(find: Find, guess: Guess, labels: Labels) -> Find:
    """A mark whose score counts the ground around it, too."""
    if find.score <= 0.01:
        return find
    group, score = find.pieces, find.score
    score *= stands_out(group, guess, labels)
    rough = roughness(group, guess, labels)
    score *= float(np.clip(1.7 - 4 * rough, 0.05, 1))
    score *= 0.05 if is_sheet(group, labels) or is_badge(group, labels) else 1.0
    return replace(find, score=score, rough=rough)


def _worth(finds: list[Find]) -> list[Find]:
    """The finds that stand comparison with the best one."""
    if not finds:
        return []
    finds = _with_siblings(finds)
    best = max(finds, key=lambda find: find.score)
    return [
        f for f in finds
        if f.score >= COMPARABLE * best.score and f.longest >= 0.4 * best.longest
    ]  # fmt: skip


def _with_siblings(finds: list[Find]) -> list[Find]:
    """The finds, with the border forgiven to those that are as long as several away from it.

    What touches the border is mostly no digit; the outer ones of a sheet cut closely are.
    """
    best = max(find.score for find in finds)
    inner = [find.longest for find in finds if not find.cut and find.score >= COMPARABLE * best]
    if len(inner) < SIBLINGS:
        return finds
    usual = float(np.median(inner))
    return [
        replace(f, score=min(f.score / BORDER**f.cut, best))
        if f.cut and 0.6 * usual <= f.longest <= 1.5 * usual else f
        for f in finds
    ]  # fmt: skip


def region(look: Survey, find: Find) -> NDArray[np.bool_]:
    """Where the digit's ink lies in the small copy, (h, w)."""
    return np.isin(look.labels, [piece.label for piece in find.pieces])
