"""Strokes near each other: one digit or several? Where geometry errs, the judge decides.

`components.together` knows only distances, and a 5 whose bar flew off is no closer together than a
6 and a 0 of one row. So what lies near is judged both ways, and the surer reading stays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import combinations

import numpy as np

from vae_core.digitize.components import Piece, distance, gap, overlaps, union
from vae_core.digitize.detect import Find, Survey, measured
from vae_core.digitize.mnist_frame import frame
from vae_core.digitize.order import reading_order
from vae_core.digitize.types import Grey

Judge = Callable[[list[Grey]], list[float]]

# Below this oddness a mark is a digit, above that one it cannot stand alone.
SURE, DOUBTFUL, ODD = 0.1, 0.2, 0.4
# Strokes of one digit are no farther apart than so many widths of the pen, nor than this share
# of the longer one; one of them lies above or beside the other for so much of itself.
WIDTHS, SHARE, BESIDE = 4.0, 0.35, 0.5
# Pens differ less than this within a digit.
PENS = 2.2
# On ground more uneven than this, and with more pairs of marks near each other, it is a photo.
ROUGH, MOST_PAIRS = 0.14, 60
# A stroke that might be a digit by itself is so long beside the longest.
PART = 0.5


def regrouped(survey: Survey, judge: Judge) -> Survey:
    """The look with loose strokes joined to their digits, and digits that were joined parted."""
    parted = _parted(survey, judge)
    return _joined(parted, judge)


def thumb(survey: Survey, find: Find) -> Grey:
    """The mark in MNIST's frame, straight from the small copy."""
    x0, y0, x1, y1 = find.box
    ink = survey.ink[y0:y1, x0:x1]
    mine = np.isin(survey.labels[y0:y1, x0:x1], [piece.label for piece in find.pieces])
    peak = float(np.percentile(ink[mine], 90))
    return frame(np.where(mine, np.clip(ink / max(peak, 1e-6), 0, 1), 0))


def _parted(survey: Survey, judge: Judge) -> Survey:
    """Marks of several long strokes that are no digit, while each stroke is one."""
    parts = [(find, _parts(find)) for find in survey.finds]
    tried = [(find, part) for find, part in parts if _beside(part) and find.rough < ROUGH]
    whole = judge([thumb(survey, find) for find, _ in tried])
    finds = list(survey.finds)
    for (find, part), joined in zip(tried, whole, strict=True):
        if joined <= ODD:
            continue
        alone = [measured(pieces, survey.guess, survey.labels) for pieces in part]
        if max(judge([thumb(survey, one) for one in alone])) < SURE:
            finds.remove(find)
            finds.extend(alone)
    return _ordered(survey, finds, survey.rest) if len(finds) > len(survey.finds) else survey


def _parts(find: Find) -> list[list[Piece]]:
    """A mark's long strokes, each with the crumbs nearest to it."""
    longest = max(piece.longest for piece in find.pieces)
    long = [piece for piece in find.pieces if piece.longest >= PART * longest]
    groups = [[piece] for piece in long]
    for piece in find.pieces:
        if piece not in long:
            near = [distance([piece], [stroke]) for stroke in long]
            groups[int(np.argmin(near))].append(piece)
    return groups


def _beside(part: list[list[Piece]]) -> bool:
    """Whether a mark has several long strokes, none within another's box as in a drawn frame."""
    boxes = [union(pieces) for pieces in part]
    return len(boxes) > 1 and all(min(overlaps(a, b)) < BESIDE for a, b in combinations(boxes, 2))


def _joined(survey: Survey, judge: Judge) -> Survey:
    """Marks that are doubtful alone and a digit together with a stroke nearby."""
    even = [find for find in survey.finds if find.rough < ROUGH]
    pairs = [(a, b) for a, b in combinations(even, 2) if _near(a, b)]
    pairs += [(a, b) for a in even for b in survey.rest if _near(a, b)]
    if not pairs or len(pairs) > MOST_PAIRS:
        return survey
    # Only what is doubtful by its larger stroke: a digit with a line under it is a digit.
    larger = judge([thumb(survey, max(pair, key=lambda of: of.longest)) for pair in pairs])
    pairs = [pair for pair, doubt in zip(pairs, larger, strict=True) if doubt > DOUBTFUL]
    whole = [measured([*a.pieces, *b.pieces], survey.guess, survey.labels) for a, b in pairs]
    together = judge([thumb(survey, find) for find in whole])
    finds, rest = list(survey.finds), list(survey.rest)
    before = len(finds) + len(rest)
    for index in np.argsort(together):
        (a, b), doubt = pairs[index], together[index]
        if doubt > SURE or a not in finds or (b not in finds and b not in rest):
            continue
        finds.remove(a)
        (finds if b in finds else rest).remove(b)
        finds.append(whole[index])
    return _ordered(survey, finds, rest) if len(rest) + len(finds) < before else survey


def _near(a: Find, b: Find) -> bool:
    """Whether two marks may be strokes of one digit: by distance, pen and place."""
    pens = sorted((a.width, b.width))
    reach = min(WIDTHS * pens[1], SHARE * max(a.longest, b.longest))
    if gap(a.box, b.box) > reach or pens[1] > PENS * pens[0]:
        return False
    return max(overlaps(a.box, b.box)) >= BESIDE and distance(a.pieces, b.pieces) <= reach


def _ordered(survey: Survey, finds: list[Find], rest: list[Find]) -> Survey:
    order = reading_order([find.box for find in finds])
    area = sum(piece.area for find in finds for piece in find.pieces)
    before = sum(piece.area for find in survey.finds for piece in find.pieces)
    return replace(
        survey, finds=[finds[i] for i in order], rest=rest,
        share=survey.share * area / before, explained=min(1.0, survey.explained * area / before),
    )  # fmt: skip
