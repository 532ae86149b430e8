"""Search: the training digits most like a picture, by code or by pixels.

Codes are compared in z. The space of the sliders is made by a flow to be without structure, so
that neighbours there say little. In z the distance is Mahalanobis' with the covariance within the
classes: a direction in which digits of one class differ much counts little. It was chosen on
training digits kept out of the index (`search NAME --evaluate --hold-out 2000 --data DIR`).
"""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import torch
from torch import Tensor

from vae_core import checkpoint, runtime
from vae_core.data.digits import Digits, hold_out, load_mnist
from vae_core.data.shipped import shipped
from vae_core.models import Model
from vae_core.probability.shapes import Float, Int
from vae_core.uses import codes as kept
from vae_core.uses.codes import Codes

NEIGHBOURS, QUERIES = 10, 1000
MOST = 1000
"""Neighbours that can be asked for."""

RIDGE = 1e-4
"""Added to the covariance within classes, as a share of its mean: dead units have none."""

ROWS = 100
"""Queries at a time, each of which is compared with all digits."""


class Precision(TypedDict):
    """The mean share of the ten nearest that have the query's label, its standard error, and the
    number of queries."""

    precision_at_10: float
    precision_at_10_sem: float
    digits: int


class Found(TypedDict):
    """One neighbour: its place among the training digits, its label and how far it is."""

    index: int
    label: int
    distance: float


@dataclass(frozen=True)
class Nearest:
    """The k nearest of each query, nearest first, all (b, k): rows of the index, and distances."""

    rows: Int[Tensor, "b k"]
    distances: Float[Tensor, "b k"]


class Index:
    """Points that can be searched by Euclidean distance after a linear map.

    Args:
        points: (n, d).
        to_space: (d, m), the map x -> x @ to_space; the identity when None.
    """

    def __init__(
        self, points: Float[Tensor, "n d"], to_space: Float[Tensor, "d m"] | None = None
    ) -> None:
        # Far from 0 the squares below would leave nothing of small distances.
        self.centre, self.to_space = points.mean(0), to_space
        self.points = self._mapped(points)
        self.squares = self.points.square().sum(1)

    def nearest(self, x: Float[Tensor, "b d"], k: int = NEIGHBOURS) -> Nearest:
        """The k points nearest to each of x (b, d).

        Raises:
            ValueError: k is not between 1 and 1,000, or there are fewer points.
        """
        most = min(MOST, len(self.points))
        if not 1 <= k <= most:
            raise ValueError(f"k is {k}; it must be between 1 and {most}.")
        found = [self._nearest(part, k) for part in runtime.pieces(self._mapped(x), ROWS)]
        return Nearest(torch.cat([a for a, _ in found]), torch.cat([b for _, b in found]))

    def _nearest(self, x: Tensor, k: int) -> tuple[Tensor, Tensor]:
        relative = torch.addmm(self.squares, x, self.points.T, alpha=-2)
        rows = relative.topk(k, dim=1, largest=False).indices
        # Once more from the differences: the sums above lose the small distances to rounding.
        distances = (self.points[rows] - x[:, None]).square().sum(2).sqrt()
        distances, order = distances.sort(dim=1, stable=True)
        return rows.gather(1, order), distances

    def _mapped(self, x: Tensor) -> Tensor:
        centred = x - self.centre
        return centred if self.to_space is None else centred @ self.to_space


def whitening(codes: Codes) -> Float[Tensor, "d d"]:
    """The map after which the covariance within the classes is the identity, (d, d).

    Euclidean distance after it is Mahalanobis' distance before.
    """
    inside = codes.means.double()
    for label in range(10):
        chosen = codes.labels == label
        if chosen.any():
            inside[chosen] -= inside[chosen].mean(0)
    values, vectors = runtime.eigh(inside.T @ inside / len(inside))
    values = values.clamp_min(0)
    return (vectors / (values + RIDGE * values.mean().clamp_min(1e-12)).sqrt()).float()


def by_code(codes: Codes) -> Index:
    """An index of codes by the distance of this module."""
    return Index(codes.means, whitening(codes))


def by_pixels(digits: Digits) -> Index:
    """An index of digits by the Euclidean distance of their pixels, each from 0 to 1."""
    return Index(digits.floats().flatten(1))


def listed(nearest: Nearest, labels: Int[Tensor, " n"], row: int = 0) -> list[Found]:
    """The neighbours of one query, with the labels (n,) of the index."""
    rows = runtime.whole_numbers(nearest.rows[row])
    distances = runtime.numbers(nearest.distances[row])
    return [
        {"index": index, "label": int(labels[index]), "distance": distance}
        for index, distance in zip(rows, distances, strict=True)
    ]


def precision(index: Index, labels: Tensor, x: Float[Tensor, "b d"], y: Tensor) -> Precision:
    """The precision at 10 of queries x (b, d) of labels y (b,) in an index of labels (n,)."""
    shares = (labels[index.nearest(x).rows] == y[:, None]).double().mean(1)
    sem = float(shares.std()) / len(shares) ** 0.5
    return {
        "precision_at_10": float(shares.mean()),
        "precision_at_10_sem": sem,
        "digits": len(shares),
    }


def training_codes(
    folder: Path, model: Model, train: Digits | None, device: torch.device | str = "cpu"
) -> Codes:
    """The codes of all training digits: those kept beside the weights, else of `train`, encoded.

    Raises:
        ValueError: there are neither.
    """
    if (found := kept.read(folder)) is not None:
        return found
    if train is None:
        raise ValueError(
            f"{folder.name} has no codes of the training digits beside its weights; name the "
            "folder of MNIST with --data, and keep them with --save."
        )
    return kept.encode(model, train, device)


def training_digits(data: str | Path | None, *, download: bool = False) -> Digits | None:
    """The 60,000 training digits; None where no folder was named and the cache has none.

    Raises:
        ValueError: the folder that was named does not hold them.
    """
    try:
        return load_mnist("train", data, download=download)
    except ValueError:
        if data is not None or download:
            raise
        return None


def evaluate(
    name: str | Path,
    *,
    data: str | Path | None = None,
    download: bool = False,
    device: str | None = None,
    seed: int = 0,
    hold_out: int | None = None,
) -> dict[str, object]:
    """The precision at 10 of 1,000 test digits, drawn by a seed, among the training digits.

    Args:
        name: the checkpoint.
        data, download: see `load_mnist`; pixels are compared only where the digits are at hand.
        device: of the encoder.
        seed: of the permutation that draws the queries.
        hold_out: so many training digits, kept out of the index, instead of test digits.

    Returns:
        What `precision` says among the digits `searched`; the same of z unwhitened, of pixels (or
        null) and of the training digits that ship (null with `hold_out`); and the median
        `milliseconds` to encode one query, and to find its neighbours.

    Raises:
        ValueError: the checkpoint or the data cannot be used.
    """
    folder = checkpoint.resolve(name)
    model = checkpoint.load(folder, runtime.choose_device(device))
    train = training_digits(data, download=download)
    codes = training_codes(folder, model, train, next(model.parameters()).device)
    if hold_out is not None:
        queries, rows = _held(train, hold_out)
        pixels = None if train is None else by_pixels(train.at(rows))
        found = _measured(model, codes.at(rows), queries, pixels)
        return {"recipe": model.config.name, "queries": "held-out training", "seed": None, **found}
    queries = shipped("test").drawn(QUERIES, seed)
    pixels = None if train is None else by_pixels(train)
    found = _measured(model, codes, queries, pixels)
    about = {"recipe": model.config.name, "queries": "test", "seed": seed}
    return {**about, **found, "shipped": _among_shipped(model, codes, queries)}


def _among_shipped(model: Model, codes: Codes, queries: Digits) -> dict[str, object]:
    """The precision among the training digits that ship, by code and by pixels."""
    digits = shipped("train")
    few, y = codes.at(digits.places), queries.labels
    z = kept.encode(model, queries, next(model.parameters()).device).means
    x = queries.floats().flatten(1)
    return {
        "searched": len(few.labels),
        **precision(by_code(few), few.labels, z, y),
        "pixels": precision(by_pixels(digits), digits.labels, x, y),
    }


def _measured(
    model: Model, codes: Codes, queries: Digits, pixels: Index | None
) -> dict[str, object]:
    z = kept.encode(model, queries, next(model.parameters()).device).means
    x, y = queries.floats().flatten(1), queries.labels
    index, labels = by_code(codes), codes.labels
    return {
        "searched": len(labels),
        **precision(index, labels, z, y),
        "euclidean": precision(Index(codes.means), labels, z, y),
        "pixels": None if pixels is None else precision(pixels, labels, x, y),
        "milliseconds": _milliseconds(model, index, queries),
    }


def _held(train: Digits | None, count: int) -> tuple[Digits, Tensor]:
    """Queries cut from the training digits, and the rows that stay."""
    if train is None:
        raise ValueError("hold_out needs the training digits: name their folder with --data.")
    rest, held = hold_out(train, count)
    return held, rest.places


def _milliseconds(model: Model, index: Index, queries: Digits) -> dict[str, float]:
    """Medians over 50 queries, one at a time."""
    encoding: list[float] = []
    searching: list[float] = []
    with runtime.eval_mode(model):
        for row in range(50):
            start = time.perf_counter()
            x = queries.floats(slice(row, row + 1)).to(next(model.parameters()).device)
            z = model.encode(x).mean.float().cpu()
            between = time.perf_counter()
            index.nearest(z)
            searching.append(1000 * (time.perf_counter() - between))
            encoding.append(1000 * (between - start))
    return {"encode": statistics.median(encoding), "search": statistics.median(searching)}
