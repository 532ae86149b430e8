"""What a latent is about: its correlation with things that can be measured on a digit.

Five traits of a 28x28 picture, measured on the shipped example digits; a latent is named after
the trait that its posterior mean follows best, when it follows one well enough.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from vae_core.panels.codec import Grey

TRAITS = ("slant", "stroke width", "width", "height", "loop area")
NAMED_FROM = 0.4
"""Smallest |correlation| that earns a name; by chance 300 digits give 0.2 once in 2000 times."""

Floats = NDArray[np.float64]


def measure(digits: Grey) -> Floats:
    """The traits of (k, 28, 28) grey digits, one row a digit, in the order of TRAITS, in pixels.

    Slant is the horizontal shift a row down its height (positive leans right, like a slash);
    width and height are four standard deviations of the ink.
    """
    return np.array([_one(digit.astype(np.float64) / 255) for digit in digits])


def names(digits: Grey, means: Floats) -> list[dict[str, Any] | None]:
    """Name latents by what their means (k, d) over `digits` (k, 28, 28) correlate with.

    Returns:
        d entries: {trait, r} with Pearson's r, or None where no |r| reaches NAMED_FROM.
    """
    r = correlations(measure(digits), means)
    best = np.abs(r).argmax(axis=0)
    return [
        {"trait": TRAITS[trait], "r": round(float(r[trait, dim]), 2)}
        if abs(r[trait, dim]) >= NAMED_FROM
        else None
        for dim, trait in enumerate(best)
    ]


def correlations(a: Floats, b: Floats) -> Floats:
    """Pearson's r of every column of `a` with every column of `b`; 0 where one is constant."""
    a, b = a - a.mean(0), b - b.mean(0)
    scale = np.outer(np.sqrt((a**2).sum(0)), np.sqrt((b**2).sum(0)))
    return np.divide(a.T @ b, scale, out=np.zeros_like(scale), where=scale > 0)


def _one(x: Floats) -> list[float]:
    mass = max(x.sum(), 1e-9)
    rows, columns = np.mgrid[: x.shape[0], : x.shape[1]]
    dy, dx = rows - (x * rows).sum() / mass, columns - (x * columns).sum() / mass
    yy, xx, xy = ((x * u * v).sum() / mass for u, v in ((dy, dy), (dx, dx), (dx, dy)))
    ink = x > 0.5
    return [
        -xy / max(yy, 1e-9),
        _stroke_width(ink),
        4 * np.sqrt(xx),
        4 * np.sqrt(yy),
        float(_loops(ink).sum()),
    ]


def _stroke_width(ink: NDArray[np.bool_]) -> float:
    """Area over half the outline: exact for a long bar, in pixels."""
    padded = np.pad(ink, 1).astype(int)
    edges = np.abs(np.diff(padded, axis=0)).sum() + np.abs(np.diff(padded, axis=1)).sum()
    return 2.0 * ink.sum() / max(edges, 1)


def _loops(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Background that no path of four-neighbours joins to the border."""
    paper = np.pad(~ink, 1, constant_values=True)
    outside = np.zeros_like(paper)
    outside[0] = outside[-1] = outside[:, 0] = outside[:, -1] = True
    while True:
        grown = outside.copy()
        grown[1:] |= outside[:-1]
        grown[:-1] |= outside[1:]
        grown[:, 1:] |= outside[:, :-1]
        grown[:, :-1] |= outside[:, 1:]
        grown &= paper
        if (grown == outside).all():
            return (paper & ~outside)[1:-1, 1:-1]
        outside = grown
