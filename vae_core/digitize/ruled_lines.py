"""Ruled lines and grids: long straight thin strokes that no digit has.

Lines are found in faint ink, which shows them whole, and erased from strong ink too: there a
turned line a pixel wide is left in pieces, which nobody could know for a line.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vae_core.digitize.filters import operations

Mask = NDArray[np.bool_]

SLOPES = np.linspace(-0.4, 0.4, 81)
MOST_LINES = 80
MOST_VOTES = 8000
LEAST_GAP = 4.0
# A line that stands alone over this share of its length was drawn.
DRAWN = 0.5


@dataclass(frozen=True)
class Rule:
    """The line row = offset + slope * (column - middle).

    Attributes:
        offset: row in the middle of the picture.
        slope: rows per column.
        support: pixels of ink on it.
        thickness: its usual thickness in pixels.
        alone: share of its length, 0 to 1, where paper lies on both sides of it: half and more
            for a drawn line, less where noise or the edge of a shadow happens to be straight.
    """

    offset: int
    slope: float
    support: int
    thickness: float = 0.0
    alone: float = 0.0


@dataclass(frozen=True)
class Rules:
    """The lines of one picture: near level ones, and near upright ones of its transpose."""

    level: tuple[Rule, ...] = ()
    upright: tuple[Rule, ...] = ()

    def __len__(self) -> int:
        return len(self.level) + len(self.upright)

    @property
    def drawn(self) -> Rules:
        """Those that somebody drew or printed, beyond doubt."""
        level, upright = (
            tuple(rule for rule in rules if rule.alone >= DRAWN)
            for rules in (self.level, self.upright)
        )
        return Rules(level, upright)


NO_RULES = Rules()


def rules_of(mask: Mask) -> Rules:
    """The ruled lines, near level or near upright, that a mask (h, w) shows."""
    level, upright = _measured(mask), _measured(mask.T)
    if not level and not upright:
        return NO_RULES
    # Lines of one paper are alike: one that seems broader has a stroke along it.
    most = float(np.median([rule.thickness for rule in (*level, *upright)])) + 1
    return Rules(_no_thicker(level, most), _no_thicker(upright, most))


def erased(mask: Mask, rules: Rules) -> Mask:
    """The mask (h, w) without the lines, found in it or in one of fainter ink.

    Where a stroke crosses a line, the stroke stays.
    """
    if not rules:
        return mask
    out = mask.copy()
    for rule in rules.level:
        _erase(out, mask, rule)
    turned = out.T
    for rule in rules.upright:
        _erase(turned, mask.T, rule)
    return _mended(out, mask)


def _measured(mask: Mask) -> list[Rule]:
    """The lines of `_find` with their thickness, and how much of each stands alone."""
    found = []
    for rule in _find(mask):
        ink = _band(mask, rule)[1]
        thickness, usual = ink.sum(axis=0), _usual(ink)
        alone = (thickness > 0) & (thickness <= usual + 1) & ~ink[0] & ~ink[-1]
        inside = _inside(mask, rule)
        share = float(alone[inside].mean()) if inside.any() else 0.0
        found.append(replace(rule, thickness=usual, alone=share))
    return found


def _no_thicker(rules: list[Rule], most: float) -> tuple[Rule, ...]:
    return tuple(replace(rule, thickness=min(rule.thickness, most)) for rule in rules)


def _usual(ink: Mask) -> float:
    """Median thickness of the ink in a band along a line, where it neither lacks nor fills it."""
    thickness = ink.sum(axis=0)
    lined = thickness[(thickness > 0) & (thickness < len(ink))]
    return float(np.median(lined)) if len(lined) else 0.0


def _find(mask: Mask) -> list[Rule]:
    """Near-level lines that run from edge to edge, or at least four side by side."""
    height, width = mask.shape
    if width < 24 or height < 12:
        return []
    rows, columns = np.nonzero(_thin(mask))
    if len(rows) < 0.35 * width:
        return []
    skip = max(1, len(rows) // MOST_VOTES)
    votes, shift = _votes(rows[::skip], columns[::skip] - width // 2, height, width)
    votes = np.minimum(votes * skip, width)
    long = [r for r in _peaks(votes, shift, width) if r.support >= 0.35 * width]
    through = [r for r in long if r.support >= 0.55 * width and _reaches(mask, r)]
    if len(long) >= 4 and len(long) > len(through):
        return long
    return through


def _thin(mask: Mask) -> Mask:
    """Pixels whose upright run of ink is short, so that thick areas cast no votes."""
    ndimage = operations()
    limit = max(3, round(0.02 * max(mask.shape))) + 1
    thick = ndimage.minimum_filter1d(mask, limit, axis=0)
    # The second filter looks the other way, so that both together are an opening.
    origin = -1 if limit % 2 == 0 else 0
    return mask & ~ndimage.maximum_filter1d(thick, limit, axis=0, origin=origin)


def _votes(
    rows: NDArray[np.intp], across: NDArray[np.intp], height: int, width: int
) -> tuple[NDArray[np.int64], int]:
    """Hough votes (slopes, offsets); each pixel votes for two neighbouring offsets.

    skimage.transform.hough_line takes twice as long on ruled paper (0.6 and 0.25 ms), and knows
    distances from the origin, which part the pixels of one level line.
    """
    shift = int(np.ceil(0.4 * width / 2)) + 1
    bins = height + 2 * shift + 1
    votes = np.zeros((len(SLOPES), bins), np.int64)
    for index, slope in enumerate(SLOPES):
        offset = np.floor(rows - slope * across).astype(np.intp) + shift
        votes[index] = np.bincount(offset, minlength=bins)[:bins]
    # A line two pixels thick, or between two bins, counts once over its length.
    votes[:, :-1] += votes[:, 1:]
    return votes, shift


def _peaks(votes: NDArray[np.int64], shift: int, width: int) -> list[Rule]:
    """The strongest lines, no two of which meet inside the picture."""
    strong = np.flatnonzero(votes.ravel() >= 0.3 * width)
    support = votes.ravel()[strong]
    order = np.argsort(support)[::-1][:4000]
    index, place = np.unravel_index(strong[order], votes.shape)
    offset, slope, support = place - shift, SLOPES[index], support[order]
    left, right = offset - slope * width / 2, offset + slope * width / 2
    found: list[Rule] = []
    free: Mask = np.ones(len(order), np.bool_)
    while free.any() and len(found) < MOST_LINES:
        first = int(np.argmax(free))
        found.append(Rule(int(offset[first]), float(slope[first]), int(support[first])))
        l_gap, r_gap = left - left[first], right - right[first]
        free &= (l_gap * r_gap > 0) & (np.minimum(np.abs(l_gap), np.abs(r_gap)) >= LEAST_GAP)
    return found


def _reaches(mask: Mask, rule: Rule) -> bool:
    """Whether there is ink on the line in the first and the last eighth of the picture."""
    hit: Mask = np.logical_or.reduce(_strip(mask, rule, 2)[1], axis=0)
    inside = _inside(mask, rule)
    columns = np.flatnonzero(inside)
    if len(columns) < 0.4 * mask.shape[1]:
        return False
    eighth = max(2, len(columns) // 8)
    return bool(hit[columns[:eighth]].mean() > 0.4 and hit[columns[-eighth:]].mean() > 0.4)


def _inside(mask: Mask, rule: Rule) -> Mask:
    height, width = mask.shape
    middle = rule.offset + rule.slope * (np.arange(width) - width // 2)
    return (middle >= 0) & (middle < height)


def _strip(mask: Mask, rule: Rule, reach: int) -> tuple[NDArray[np.intp], Mask]:
    """Row numbers and ink, both (2 reach + 1, w), of a band along the line."""
    height, width = mask.shape
    middle = np.round(rule.offset + 0.5 + rule.slope * (np.arange(width) - width // 2))
    rows = middle.astype(np.intp)[None] + np.arange(-reach, reach + 1)[:, None]
    valid = (rows >= 0) & (rows < height)
    rows = np.clip(rows, 0, height - 1)
    return rows, mask[rows, np.arange(width)[None]] & valid


def _band(mask: Mask, rule: Rule) -> tuple[NDArray[np.intp], Mask]:
    """The strip that holds a line and what crosses it."""
    return _strip(mask, rule, max(3, round(0.012 * max(mask.shape))))


def _erase(out: Mask, mask: Mask, rule: Rule) -> None:
    """Clear the line from `out` wherever it is no thicker than usual."""
    rows, ink = _band(mask, rule)
    # Strong ink may hold nothing of a faint line but the stroke that lies along it.
    usual = min(rule.thickness, _usual(ink))
    thickness = ink.sum(axis=0)
    clear = ink & ((thickness <= usual + 1) & (thickness < len(ink)))[None]
    columns = np.broadcast_to(np.arange(mask.shape[1]), rows.shape)
    out[rows[clear], columns[clear]] = False


def _mended(out: Mask, mask: Mask) -> Mask:
    """Drop crumbs that erasing left, and close the cuts it made through strokes."""
    ndimage = operations()
    reach = max(1, round(0.004 * max(mask.shape)))
    closed = ndimage.binary_closing(np.pad(out, reach), np.ones((3, 3)), iterations=reach)
    return closed[reach:-reach, reach:-reach] & mask
