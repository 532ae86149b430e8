"""Semi-supervised learning on the codes (M1 of Kingma et al., 2014): a few labels name all digits.

`propagation` spreads the labels over the graph of nearest codes (Zhou et al., 2004, by
scikit-learn), and a new digit is what its nearest training digits became. `svm` is a support vector
machine on the labelled codes alone. Distances are Mahalanobis' with the covariance between nearest
neighbours, which needs no labels: directions in which the same digit varies count little.

The settings of the graph were chosen on training digits kept out
(`label vae-flow --hold-out 2000 --data DIR`); the machine's C was not searched for.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from tqdm import tqdm

from vae_core import checkpoint, runtime
from vae_core.config import Config
from vae_core.data.digits import Digits, hold_out, permutation
from vae_core.data.shipped import shipped
from vae_core.probability.shapes import Float, Int
from vae_core.uses import codes as kept
from vae_core.uses import search
from vae_core.uses.codes import Codes
from vae_core.uses.search import Index

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

METHODS = ("propagation", "svm")
CLASSES = 10
NEIGHBOURS = 5
SPREAD = 0.99
"""How much of a label comes from the neighbours, the rest from where it was given."""
ROUNDS, CHANGE = 300, 1e-3
"""Of the spreading at most, and the change at which it rests."""
SAMPLE, RIDGE = 5000, 1e-4
"""Codes whose neighbours give the covariance; a share of its mean is added to it."""
MARGIN = 10.0
"""The weight C of the SVM's errors."""

Shares = NDArray[np.float64]


@dataclass(frozen=True)
class Graph:
    """Codes (n, d) in the space of `to_space` (d, d), and how near their neighbours are.

    `weights` (n, n) is symmetric and sparse.
    """

    index: Index
    to_space: Float[Tensor, "d d"]
    weights: csr_matrix


def whitening(means: Float[Tensor, "n d"]) -> Float[Tensor, "d d"]:
    """The map after which differences between nearest neighbours have the identity's covariance."""
    few = means[permutation(len(means))[:SAMPLE]]
    near = Index(means).nearest(few, 2 * NEIGHBOURS + 1).rows[:, 1:]
    apart = (means[near] - few[:, None]).flatten(0, 1).double()
    values, vectors = runtime.eigh(apart.T @ apart / len(apart))
    values = values.clamp_min(0)
    return (vectors / (values + RIDGE * values.mean().clamp_min(1e-12)).sqrt()).float()


def graph(means: Float[Tensor, "n d"]) -> Graph:
    """The graph of nearest codes, each tie as strong as it is near beside the others of both."""
    from scipy.sparse import csr_matrix

    to_space = whitening(means)
    index, count = Index(means, to_space), len(means)
    near = index.nearest(means, NEIGHBOURS + 1)
    rows, distances = near.rows[:, 1:], near.distances[:, 1:]
    scale = distances[:, -1].clamp_min(1e-9)
    weights = torch.exp(-distances.square() / (scale[:, None] * scale[rows]))
    places = torch.arange(count).repeat_interleave(NEIGHBOURS)
    entries = weights.flatten().double().numpy(), (places.numpy(), rows.flatten().numpy())
    one_way = csr_matrix(entries, shape=(count, count))
    return Graph(index, to_space, one_way.maximum(one_way.T))


def propagated(graph: Graph, rows: Int[Tensor, " k"], labels: Int[Tensor, " k"]) -> Shares:
    """How much of each label every code gets, (n, 10), from the labels (k,) of some rows (k,).

    Each label's shares are divided by their sum: one that was given in a crowded place would win
    over the others otherwise.
    """
    from sklearn.semi_supervised import LabelSpreading

    given = np.full(len(graph.index.points), -1)
    given[rows.numpy()] = labels.numpy()

    def kernel(*_: object) -> csr_matrix:
        return graph.weights

    spreading = LabelSpreading(kernel, alpha=SPREAD, max_iter=ROUNDS, tol=CHANGE)
    with warnings.catch_warnings():
        # Of codes that no label reaches, and of a last round that still changes a little.
        warnings.simplefilter("ignore")
        spreading.fit(np.zeros((len(given), 1), np.float32), given)
    found = np.nan_to_num(spreading.label_distributions_)
    shares = np.zeros((len(given), CLASSES))
    shares[:, np.unique(labels.numpy())] = found / found.sum(0).clip(1e-12)
    return shares


def named(graph: Graph, shares: Shares, means: Float[Tensor, "b d"]) -> Int[Tensor, " b"]:
    """The labels of other codes (b, d): what their nearest ones got most of."""
    near = graph.index.nearest(means, NEIGHBOURS).rows
    return runtime.from_array(shares)[near].mean(1).argmax(1)


def by_svm(
    means: Float[Tensor, "k d"], labels: Int[Tensor, " k"], others: Float[Tensor, "b d"]
) -> Int[Tensor, " b"]:
    """The labels of other codes (b, d) by a support vector machine of the labelled ones."""
    from sklearn.svm import SVC

    machine = SVC(C=MARGIN, kernel="rbf", gamma="scale").fit(means.numpy(), labels.numpy())
    return runtime.from_array(machine.predict(others.numpy()))


def chosen(labels: Int[Tensor, " n"], count: int, seed: int) -> Int[Tensor, " k"]:
    """Rows of as many digits of each class, drawn by a seed.

    Raises:
        ValueError: `count` is no multiple of ten, or a class has too few digits.
    """
    each, rest = divmod(count, CLASSES)
    if rest or not each:
        raise ValueError(f"labels is {count}; it must be a multiple of {CLASSES}.")
    order = permutation(len(labels), seed)
    found = [order[labels[order] == label][:each] for label in range(CLASSES)]
    if min(map(len, found)) < each:
        raise ValueError(f"labels is {count}, more than there are digits of some class.")
    return torch.cat(found)


def check(config: Config, method: str) -> None:
    """ValueError unless there is such a method, and the codes were learnt without labels."""
    if method not in METHODS:
        raise ValueError(f"method is {method!r}; it must be one of {', '.join(METHODS)}.")
    if config.takes_labels:
        raise ValueError(f"{config.name} was trained with all labels: its codes know them already.")


def evaluate(
    name: str | Path,
    *,
    labels: int = 100,
    method: str = METHODS[0],
    seeds: Sequence[int] = range(10),
    data: str | Path | None = None,
    download: bool = False,
    device: str | None = None,
    hold_out: int | None = None,
) -> dict[str, object]:
    """The accuracy on test digits, of so many labels for the 60,000 training digits.

    Args:
        name: the checkpoint.
        labels: of how many training digits, as many of each class.
        method: one of `METHODS`.
        seeds: each draws the digits whose labels are given.
        data, download: see `load_mnist`; needed where no codes lie beside the weights.
        device: of the encoder.
        hold_out: so many training digits, kept out of the graph, instead of test digits.

    Returns:
        `accuracy`, its standard error over the seeds, and the accuracy of each.

    Raises:
        ValueError: an argument, the checkpoint or the data cannot be used.
    """
    folder = checkpoint.resolve(name)
    config = checkpoint.read_config(folder)
    check(config, method)
    train = search.training_digits(data, download=download)
    known, test = _codes(folder, train, device, hold_out)
    found = _accuracies(known, test, labels, method, seeds)
    sem = float(np.std(found, ddof=1)) / len(found) ** 0.5 if len(found) > 1 else None
    about = {"recipe": config.name, "method": method, "labels": labels, "seeds": list(seeds)}
    figures = {"accuracy": float(np.mean(found)), "accuracy_sem": sem, "accuracies": found}
    queries = "test" if hold_out is None else "held-out training"
    return {**about, **figures, "digits": len(test.labels), "queries": queries}


def _codes(
    folder: Path, train: Digits | None, device: str | None, count: int | None
) -> tuple[Codes, Codes]:
    """Codes of the training digits and of the test digits, or of so many that are kept out."""
    model = checkpoint.load(folder, runtime.choose_device(device))
    place = next(model.parameters()).device
    known = search.training_codes(folder, model, train, place)
    if count is None:
        return known, kept.encode(model, shipped("test"), place)
    return _without(known, count)


def _accuracies(
    known: Codes, test: Codes, labels: int, method: str, seeds: Sequence[int]
) -> list[float]:
    chosen(known.labels, labels, 0)  # a mistake is said before the minute of the graph
    space = whitening(known.means)
    ties = graph(known.means) if method == "propagation" else None
    found: list[float] = []
    for seed in tqdm(seeds, desc=method, unit="seed"):
        rows = chosen(known.labels, labels, seed)
        if ties is None:
            x, others = known.means[rows] @ space, test.means @ space
            guessed = by_svm(x, known.labels[rows], others)
        else:
            guessed = named(ties, propagated(ties, rows, known.labels[rows]), test.means)
        found.append(float((guessed == test.labels).double().mean()))
    return found


def _without(known: Codes, count: int) -> tuple[Codes, Codes]:
    """The codes without those of `count` digits, and these."""
    places = torch.arange(len(known.labels))
    rest, held = hold_out(Digits(places, known.labels, places), count)
    return known.at(rest.places), known.at(held.places)
