"""Reading order: line by line from the top, each from left to right, on tilted paper too."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from vae_core.digitize.components import Rect

# Slopes a row may have before somebody would turn the paper: about 17 degrees.
SLOPES = np.linspace(-0.3, 0.3, 61)
# What a slope must gain over none, as a share, for every unit of it.
RELUCTANCE = 0.5
# A digit goes on with a line that it overlaps by so much of the lower of both.
OVERLAP = 0.4


def reading_order(boxes: Sequence[Rect]) -> list[int]:
    """Indices of the boxes (x0, y0, x1, y1) in reading order."""
    if len(boxes) < 2:
        return list(range(len(boxes)))
    box = np.asarray(boxes, np.float64)
    middle = (box[:, 0] + box[:, 2]) / 2
    slope = _slope(box, middle)
    level = box[:, [1, 3]] - slope * middle[:, None]
    lines = _lines(level, middle)
    lines.sort(key=lambda line: float(level[line].mean()))
    return [index for line in lines for index in line]


def _slope(box: NDArray[np.float64], middle: NDArray[np.float64]) -> float:
    """Rise per pixel of the rows: where the boxes, projected along it, lie densest."""
    if len(box) < 3:
        return 0.0
    heights = box[:, 3] - box[:, 1]
    bins = max(2.0, float(np.median(heights)) / 8)
    gains = []
    for slope in SLOPES:
        top = (box[:, 1] - slope * middle) / bins
        filled = np.zeros(int(np.ptp(top) + heights.max() / bins) + 3)
        start = (top - top.min()).astype(np.intp)
        stop = start + np.maximum(1, (heights / bins).astype(np.intp))
        np.add.at(filled, start, 1.0)
        np.add.at(filled, stop, -1.0)
        gains.append(float(np.square(np.cumsum(filled)).sum()) * (1 - RELUCTANCE * abs(slope)))
    return float(SLOPES[int(np.argmax(gains))])


def _lines(level: NDArray[np.float64], middle: NDArray[np.float64]) -> list[list[int]]:
    """Rows of indices from left to right; each box joins the line whose end it stands beside.

    Only the end of a line counts, not its first box: rows are bent as well as tilted.
    """
    lines: list[list[int]] = []
    for index in np.argsort(middle, kind="stable"):
        shares = [_beside(level[index], level[line[-3:]]) for line in lines]
        if shares and max(shares) >= OVERLAP:
            lines[int(np.argmax(shares))].append(int(index))
        else:
            lines.append([int(index)])
    return lines


def _beside(one: NDArray[np.float64], end: NDArray[np.float64]) -> float:
    """Overlap of a span (top, bottom) with the mean of a line's last few, of the lower one."""
    top, bottom = end.mean(axis=0)
    common = min(one[1], bottom) - max(one[0], top)
    return float(common / max(1.0, min(one[1] - one[0], bottom - top)))
