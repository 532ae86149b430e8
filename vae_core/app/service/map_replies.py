"""What the service answers about the map of a latent space; see `replies` for the conventions.

Places on a plane are pairs (s, t) in the units of the sliders.
"""

from __future__ import annotations

from typing import TypedDict

from vae_core.app.service.replies import Code, Signed
from vae_core.app.wire import Grey


class Flat(TypedDict):
    """A plane u(s, t) = origin + s across + t up, the latter two orthonormal."""

    origin: Code
    across: Code
    up: Code


class Waiting(TypedDict):
    """The share of the test digits that is encoded so far, 0 to 1: the page asks again."""

    progress: float


class Chart(Waiting):
    """Every test digit's place, in MNIST's order.

    `places` are (10,000, 2) whole numbers of 16 bits, little-endian, as bytes; times `scale` they
    are (s, t). `labels` has a character a digit. `planes` names what else can be asked for.
    `plane` is null for t-SNE, of which only the digits have codes; then `share`, `mass`, `extent`
    and `centre` are null too. `share` is the part of the codes' variance that the plane holds;
    `mass` (k, k) are grey levels, rows from the top: which share m of the aggregate posterior lies
    where it is denser than here, as 255 (1 - sqrt(1 - m)), over `extent`, the least and largest s
    and t. `centre` is where the prior's mean projects to.
    """

    places: Grey
    scale: float
    labels: str
    planes: list[str]
    plane: Flat | None
    share: float | None
    mass: Grey | None
    extent: list[float] | None
    centre: list[float] | None


class Near(TypedDict):
    """Test digits, the nearest first: indices, labels, distances and pictures."""

    indices: list[int]
    labels: list[int]
    distances: list[float]
    digits: Grey


class Own(Near):
    """A picture of one's own on a plane: its code, its posterior, the nearest test digits.

    `place` is that of the mean, `covariance` 2 x 2 that of the posterior's projection, null for a
    point; `off` how far the mean lies from the plane; `middle` where the projected draws centre.
    """

    z: Code
    input: Grey
    place: list[float]
    middle: list[float]
    covariance: list[list[float]] | None
    off: float


class Selected(TypedDict):
    """The mean code of chosen digits and its picture."""

    z: Code
    pixels: Grey
    count: int


class Recalled(TypedDict):
    """The code of one test digit and what the model makes of it."""

    z: Code
    pixels: Grey
    milliseconds: float


class Tangent(TypedDict):
    """The leading directions at a code: each a picture of changes, scaled to its own largest.

    `shares` are of all change, falling; they sum to 1 over all directions.
    """

    directions: list[Code]
    pictures: Signed
    shares: list[float]
    milliseconds: float


class Curve(TypedDict):
    """A geodesic after a round: what the next round takes, and how the curve is to be run through.

    `places` are t values at equal distances along it; lengths are in the decoder's metric, the
    square root of summed squared pixels, that of the spherical way null until the curve is done;
    `reach` is the largest length of a code on it.
    """

    waves: list[Code]
    rounds: int
    done: bool
    progress: float
    places: list[float]
    length: float
    straight: float
    spherical: float | None
    reach: float
