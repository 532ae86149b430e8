"""What a latent is about: its correlation with things that can be measured on a digit.

Five traits of a 28x28 picture; a latent is named after the trait that its posterior mean follows
best over many digits, when it follows one well enough.
"""

from __future__ import annotations

from typing import NotRequired, TypedDict

import numpy as np
from numpy.typing import NDArray

TRAITS = ("slant", "stroke width", "width", "height", "loop area")
NAMED = TRAITS[:4]
"""The traits that name a slider: a loop only some digits have."""

NAMED_FROM = 0.4
"""Smallest |correlation| that earns a name: a weaker one does not show in the picture."""

Floats = NDArray[np.float64]
Grey = NDArray[np.uint8]


class Name(TypedDict):
    """The trait that a latent follows, with Pearson's r within the classes.

    Where the slider was moved over digits: `kept`, the share that stay the digit they are over
    [-1.5, 1.5], and `moved`, how far the trait goes, in standard deviations within a class.
    """

    trait: str
    r: float
    kept: NotRequired[float]
    moved: NotRequired[float]


CHUNK = 2000
"""Digits measured at once: some tens of megabytes."""


def measure(digits: Grey) -> Floats:
    """The traits of (k, h, w) grey digits, one row a digit, in the order of TRAITS, in pixels.

    Slant is the horizontal shift a row down its height (positive leans right, like a slash);
    width and height are four standard deviations of the ink.
    """
    parts = [_measure(digits[start : start + CHUNK]) for start in range(0, len(digits), CHUNK)]
    return np.concatenate(parts) if parts else np.zeros((0, len(TRAITS)))


def names(digits: Grey, means: Floats, labels: NDArray[np.int64]) -> list[Name | None]:
    """Name latents by what their means (k, d) over `digits` (k, 28, 28) correlate with.

    Class means are taken out: what tells an 8 from a 1 is no trait of a hand.

    Returns:
        d entries: {trait, r} with Pearson's r, or None where no |r| reaches NAMED_FROM.
    """
    return named(correlations(within_class(measure(digits), labels), within_class(means, labels)))


def named(r: Floats) -> list[Name | None]:
    """The entries of `names` from correlations r (len(TRAITS), d)."""
    best = np.abs(r[: len(NAMED)]).argmax(axis=0)
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


def within_class(values: Floats, labels: NDArray[np.int64]) -> Floats:
    """Values (n, k) less the mean of their class, labels (n,): what varies from hand to hand."""
    values = values.copy()
    for label in np.unique(labels):
        values[labels == label] -= values[labels == label].mean(0)
    return values


def _measure(digits: Grey) -> Floats:
    x = digits.astype(np.float64) / 255
    variance_y, variance_x, covariance = _moments(x)
    ink = x > 0.5
    columns = [
        -covariance / np.maximum(variance_y, 1e-9),
        _stroke_width(ink),
        4 * np.sqrt(variance_x),
        4 * np.sqrt(variance_y),
        _loops(ink).sum((1, 2)),
    ]
    return np.stack(columns, axis=1)


def _moments(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Variance of the ink (k, h, w) along y and along x, and their covariance, each (k,)."""
    rows, columns = (np.arange(int(length), dtype=np.float64) for length in x.shape[1:])
    mass = np.maximum(x.sum((1, 2)), 1e-9)
    down, across = x.sum(2) / mass[:, None], x.sum(1) / mass[:, None]
    dy, dx = rows - (down @ rows)[:, None], columns - (across @ columns)[:, None]
    joint = np.einsum("kij,ki,kj->k", x, dy, dx) / mass
    return (down * dy**2).sum(1), (across * dx**2).sum(1), joint


def _stroke_width(ink: NDArray[np.bool_]) -> Floats:
    """Area over half the outline, (k,): exact for a long bar, in pixels."""
    padded = np.pad(ink, ((0, 0), (1, 1), (1, 1)))
    edges = (np.diff(padded, axis=axis).sum((1, 2)) for axis in (1, 2))
    return 2.0 * ink.sum((1, 2)) / np.maximum(sum(edges), 1)


def _loops(ink: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Background (k, h, w) that no path of four-neighbours joins to the border."""
    from vae_core.digitize.filters import operations

    ndimage = operations()
    paper = np.pad(~ink, ((0, 0), (1, 1), (1, 1)), constant_values=True)
    # One labelling for the whole stack: neighbours lie in the same picture, never in the next.
    plane = np.zeros((3, 3, 3), bool)
    plane[1] = ndimage.generate_binary_structure(2, 1)
    regions: NDArray[np.int32] = ndimage.label(paper, plane)[0]
    outside = regions[:, :1, :1]
    return (paper & (regions != outside))[:, 1:-1, 1:-1]
