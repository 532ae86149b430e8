"""Ruled lines and grids: long straight thin strokes that no digit has."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vae_core.digitize.filters import operations

Mask = NDArray[np.bool_]

SLOPES = np.linspace(-0.4, 0.4, 81)
MOST_LINES = 80
MOST_VOTES = 8000
LEAST_GAP = 4.0


@dataclass(frozen=True)
class Rule:
    """The line row = offset + slope * (column - middle) and its support in pixels."""

    offset: int
    slope: float
    support: int


def without_rules(mask: Mask) -> tuple[Mask, int]:
    """The mask (h, w) without ruled lines, near level or near upright, and how many there were.

    Where a stroke crosses a line, the stroke stays.
    """
    level = _find(mask)
    upright = _find(mask.T)
    if not level and not upright:
        return mask, 0
    out = mask.copy()
    for rule in level:
        _erase(out, mask, rule)
    turned = out.T
    for rule in upright:
        _erase(turned, mask.T, rule)
    return _mended(out, mask), len(level) + len(upright)


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


def _erase(out: Mask, mask: Mask, rule: Rule) -> None:
    """Clear the line from `out` wherever it is no thicker than usual."""
    reach = max(3, round(0.012 * max(mask.shape)))
    rows, ink = _strip(mask, rule, reach)
    thickness = ink.sum(axis=0)
    usual = float(np.median(thickness[thickness > 0])) if (thickness > 0).any() else 0.0
    clear = ink & (thickness <= usual + 1)[None]
    columns = np.broadcast_to(np.arange(mask.shape[1]), rows.shape)
    out[rows[clear], columns[clear]] = False


def _mended(out: Mask, mask: Mask) -> Mask:
    """Drop crumbs that erasing left, and close the cuts it made through strokes."""
    ndimage = operations()
    reach = max(1, round(0.004 * max(mask.shape)))
    closed = ndimage.binary_closing(np.pad(out, reach), np.ones((3, 3)), iterations=reach)
    return closed[reach:-reach, reach:-reach] & mask
