"""M1 of Kingma et al. (2014): codes that were learnt without labels, and a few labels on them.

Labels spread over the graph of nearest codes (Zhou et al., 2004, by scikit-learn), or a support
vector machine of the labelled codes divides the space. Distances are Mahalanobis' with the
covariance between nearest neighbours, which needs no labels: directions in which the same digit
varies count little.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from vae_core import runtime
from vae_core.data.digits import permutation
from vae_core.probability.shapes import Float, Int
from vae_core.uses.search import Index

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

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
