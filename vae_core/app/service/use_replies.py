"""What the service answers about the uses of a model; see `replies` for the conventions."""

from __future__ import annotations

from typing import TypedDict

from vae_core.app.service.map_replies import Near, Waiting
from vae_core.app.wire import Grey


class Figure(TypedDict):
    """A measured share, 0 to 1, and its standard error."""

    value: float
    sem: float


class Neighbours(Near):
    """Training digits, the nearest first, of so many `searched`.

    A digit that is not at hand is `decoded` from its code.
    """

    decoded: list[bool]
    searched: int


class Precise(TypedDict):
    """The measured precision at 10 in an index of so many training digits."""

    searched: int
    code: Figure
    pixels: Figure


class Searched(Waiting):
    """Neighbours of a picture by its code and by its pixels; times are of encoding, then search.

    `measured` is what `command` has kept of this model, on `queries` test digits.
    """

    code: Neighbours
    pixels: Neighbours
    encoding: float
    milliseconds: float
    measured: list[Precise]
    command: str
    queries: int | None


class Score(TypedDict):
    """One score of oddness of a picture, and the test digits' ROC curve.

    `normal` and `odd` are the shares of known and of odd test digits that score higher than the
    picture; the curve goes through `curve_normal` and `curve_odd`, the same for every score.
    """

    name: str
    score: float
    normal: float
    odd: float
    area: Figure
    curve_normal: list[float]
    curve_odd: list[float]


class Scored(TypedDict):
    """How odd a picture is to one of the small models.

    `normal` and `odd` count the test digits behind the curves; `reconstruction` is the small
    model's; `recipe` and `command` say which net it has, and what trained it.
    """

    scores: list[Score]
    normal: int
    odd: int
    reconstruction: Grey
    recipe: str
    command: str
    milliseconds: float


class Coded(TypedDict):
    """A picture as bits: `first` of them chose its code and come back to who reads it.

    `elbo` is its -ELBO in bits, `is_exact` whether it came back bit for bit.
    """

    bits: int
    first: int
    elbo: float
    is_exact: bool
    scheme: str


class WholeSet(TypedDict):
    """What all test digits take by a model, in bits a digit, beside -ELBO, PNG and xz.

    `pixels` is "binary" or "levels"; `sem` is of -ELBO, over draws, null where it was not measured.
    """

    name: str
    pixels: str
    bits: float
    elbo: float
    sem: float | None
    images: int
    png: float
    xz: float
    command: str


class Compressed(TypedDict):
    """A picture as it is written, its bits as a PNG and by the model, or why there are none.

    `pixels` is "binary" for black and white, or "levels" of grey; `sets` are of the same.
    """

    picture: Grey
    pixels: str
    png: int
    reason: str | None
    coded: Coded | None
    sets: list[WholeSet]


class Named(Figure):
    """What another method makes of 100 labels, as measured, by a command."""

    method: str
    command: str


class Spread(Waiting):
    """What a few labels say of the training digits that ship.

    `accuracy` is the share of all others that get their own label, null without labels; `next` are
    the digits to label next, by their places in the sheet; `measured` and `command` are of 100
    labels for all 60,000, on test digits, and `others` of other methods. `reason` says why nothing
    is spread.
    """

    reason: str | None
    given: int
    digits: int
    accuracy: float | None
    next: list[int]
    pictures: Grey
    measured: Figure | None
    others: list[Named]
    command: str


class Lossy(TypedDict):
    """A picture by so many `numbers`, and its squared error, mean over the pixels."""

    numbers: int
    error: float


class Through(Lossy):
    """A model's reconstruction, `test` its measured squared error of the test digits.

    `test` is null, with its standard error, where nothing was measured.
    """

    name: str
    pixels: Grey
    test: float | None
    sem: float | None
    chosen: bool


class Read(TypedDict):
    """Errors of a linear probe and of the vote of five neighbours, and of a vote on t-SNE's map.

    `features` is "code", "pixels" or "pca"; the last figure is null where there is no map.
    """

    features: str
    probe: Figure
    neighbours: Figure
    tsne: float | None


class Reduced(TypedDict):
    """A picture by PCA with a rising number of components, and through models.

    `components` is fitted to so many training digits `fitted`; `pixels` and `steps` are its
    pictures and errors, `curve` the measured errors of test digits at the same numbers, empty
    where no model here was measured. `reads` and `measured` are the chosen model's, of
    `digits` test digits; `note` says what its numbers are, where they are no plain numbers.
    """

    fitted: int
    pixels: Grey
    steps: list[Lossy]
    models: list[Through]
    curve: list[float]
    reads: list[Read]
    digits: int | None
    reason: str | None
    note: str | None
    command: str


class Laid(TypedDict):
    """Test digits on two numbers: `places` are whole numbers of 16 bits, little-endian, as bytes.

    32,000 stands for 1, and `own` is the picture's place in the same units, null where the map has
    none for a new picture. `right` is the share of the digits that their ten nearest name rightly.
    """

    places: Grey
    own: list[float] | None
    right: Figure


class Flattened(TypedDict):
    """The same test digits laid out by their pixels and by a model's code.

    `labels` has a character a digit. `code` is null where there is no such map, for a `reason`;
    `sliders` says that it lays out where the sliders hold the codes, not the codes themselves.
    """

    labels: str
    nearest: int
    pixels: Laid
    code: Laid | None
    reason: str | None
    sliders: bool
