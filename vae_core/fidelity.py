"""How real samples are: FID, precision and recall, what a classifier reads, nearest digits.

Every figure is in the features of the shipped digit classifier, so it compares with figures
made with the same classifier only, never with FIDs of natural pictures. Samples that are means
of p(x|z) are grey and are compared with grey digits; binary draws with binarised ones.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.classify import NONE, Classifier
from vae_core.data import Digits, binarise

BATCH, ROWS = 500, 1000
MANIFOLD_STRIDE = 3
"""Every third digit, on each side, makes the manifolds of precision and recall."""

NEIGHBOURS = 3
"""k of the manifolds' radii, as in the paper."""

FIGURES = (
    *("fid", "fid_floor", "precision", "recall", "precision_real", "recall_real"),
    *("sample_entropy", "test_entropy", "class_histogram", "not_digits", "nearest_train"),
)
"""The keys of `measure`."""

COMPARED = 1000
"""Samples whose nearest training digit is looked up, and as many test digits."""


@dataclass(frozen=True, kw_only=True)
class Gaussian:
    """Mean (d,) and covariance (d, d) of features, in double precision."""

    mean: Tensor
    covariance: Tensor

    @classmethod
    def of(cls, features: Tensor) -> Gaussian:
        """Fitted to features (n, d), n at least 2."""
        values = features.double()
        return cls(mean=values.mean(0), covariance=values.T.cov())

    @functools.cached_property
    def axes(self) -> Tensor:
        """W (d, d) with W W^T = covariance: eigenvectors times standard deviations."""
        values, vectors = torch.linalg.eigh(self.covariance)
        return vectors * values.clamp_min(0).sqrt()


def draws(model: Any, count: int, *, generator: torch.Generator, pixels: str = "means") -> Tensor:
    """`count` samples (count, 1, 28, 28) of the model from its prior, on the CPU.

    Args:
        model: in evaluation mode.
        count: how many.
        generator: of the prior's noise and, for binary ones, of the pixels.
        pixels: `means` of p(x|z), or `binary`: each pixel on with that probability.

    Raises:
        ValueError: another kind of pixels.
    """
    if pixels not in ("means", "binary"):
        raise ValueError(f"pixels is {pixels!r}; it must be means or binary.")
    with runtime.eval_mode(model):
        parts = [
            model.sample(min(BATCH, count - start), generator=generator)[0].float().cpu()
            for start in range(0, count, BATCH)
        ]
    x = torch.cat(parts)
    return binarise(x, generator) if pixels == "binary" else x


def features(classifier: Classifier, x: Tensor) -> Tensor:
    """The classifier's last hidden layer (n, d) for x (n, 1, 28, 28), on the CPU."""
    device = next(classifier.parameters()).device
    with torch.inference_mode():
        # Few at a time and channels innermost: the activations stay in a core's cache.
        return torch.cat(
            [
                classifier.embed(part.to(device, memory_format=torch.channels_last)).cpu()
                for part in x.split(100)
            ]
        )


def measure(
    model: Any, train: Digits, test: Digits, classifier: Classifier, *, seed: int = 0
) -> dict[str, Any]:
    """The figures of the model's samples: means of p(x|z) against grey digits.

    Args:
        model: in evaluation mode, with a prior to draw from.
        train: all training digits.
        test: all test digits, which FID, precision and recall are taken against: a model that
            repeats its training digits scores the floor, not 0. As many samples are drawn, since
            FID grows as there are fewer.
        classifier: whose features and readings are used.
        seed: of the samples.

    Returns:
        `fid`; `fid_floor`, that of as many training digits; `precision`, `recall`, and the same
        two of training digits (`precision_real`, `recall_real`); `sample_entropy` in nats, the
        mean over the samples of the classifier's own, and `test_entropy`; `class_histogram`,
        shares of the samples read as 0 to 9; `not_digits`, the share read as none; and
        `nearest_train`, see there.
    """
    x = draws(model, len(test), generator=runtime.generator("cpu", seed, 7))
    real, known = test.floats().cpu(), train.every(len(test)).floats().cpu()
    told = {
        name: features(classifier, pixels)
        for name, pixels in (("test", real), ("train", known), ("fake", x))
    }
    gaussians = {name: Gaussian.of(values) for name, values in told.items()}
    few = {name: values[::MANIFOLD_STRIDE] for name, values in told.items()}
    precision, recall = precision_recall(few["test"], few["fake"])
    precision_real, recall_real = precision_recall(few["test"], few["train"])
    read = {name: readings(classifier, told[name]) for name in ("fake", "test")}
    return {
        "fid": frechet_distance(gaussians["test"], gaussians["fake"]),
        "fid_floor": frechet_distance(gaussians["test"], gaussians["train"]),
        "precision": precision,
        "recall": recall,
        "precision_real": precision_real,
        "recall_real": recall_real,
        "sample_entropy": read["fake"]["entropy"],
        "test_entropy": read["test"]["entropy"],
        "class_histogram": read["fake"]["class_histogram"],
        "not_digits": read["fake"]["not_digits"],
        "nearest_train": nearest_train(x, test, train),
    }


def readings(classifier: Classifier, embedded: Tensor) -> dict[str, Any]:
    """Entropy, class_histogram and not_digits of pictures whose features (n, d) are given.

    See `measure`; the entropy and the classes are of ten digits, given that it is one.
    """
    with torch.inference_mode():
        logits = classifier.head(embedded.to(next(classifier.parameters()).device)).cpu()
    digits = logits[:, :NONE].log_softmax(1)
    counts = digits.argmax(1).bincount(minlength=NONE)
    return {
        "entropy": float(-(digits.exp() * digits).sum(1).mean()),
        "class_histogram": [count / len(logits) for count in counts.tolist()],
        "not_digits": float((logits.argmax(1) == NONE).double().mean()),
    }


def nearest_train(x: Tensor, test: Digits, train: Digits) -> dict[str, float]:
    """Whether samples x repeat training digits: distances to the nearest one, in pixels.

    Returns:
        The median Euclidean distance over the 784 pixels in [0, 1] of samples (`median`) and of
        test digits (`test_median`), and `closer`, the share of samples that lie closer to a
        training digit than 1 % of the test digits do: about 0.01 where nothing is repeated.
    """
    everything = train.floats().cpu()
    count = min(COMPARED, len(x), len(test))
    drawn = nearest_distances(x[:count], everything)
    unseen = nearest_distances(test.every(count).floats().cpu(), everything)
    return {
        "median": float(drawn.median()),
        "test_median": float(unseen.median()),
        "closer": float((drawn < unseen.quantile(0.01)).double().mean()),
    }


def frechet_distance(a: Gaussian, b: Gaussian) -> float:
    """|mean_a - mean_b|^2 + tr(A + B - 2 (A B)^(1/2)): FID (Heusel et al., 2017).

    The trace of the root comes from the eigenvalues of W^T B W, W W^T = A, which is symmetric:
    no general matrix root, no imaginary parts, exact where a covariance is singular.
    """
    product = a.axes.T @ b.covariance @ a.axes
    cross = torch.linalg.eigvalsh(0.5 * (product + product.T)).clamp_min(0).sqrt().sum()
    spread = a.covariance.trace() + b.covariance.trace() - 2 * cross
    return max(0.0, float(((a.mean - b.mean) ** 2).sum() + spread))


def precision_recall(real: Tensor, fake: Tensor, k: int = NEIGHBOURS) -> tuple[float, float]:
    """The share of fakes on the manifold of the real, and of the real on that of the fakes.

    A manifold is the union of balls around its points, each reaching to the point's k-th
    nearest neighbour (Kynkäänniemi et al., 2019).

    Args:
        real: features (n, d).
        fake: features (m, d).
        k: of the radii; less than n and m.

    Raises:
        ValueError: k is not between 1 and the smaller count less one.
    """
    most = min(len(real), len(fake)) - 1
    if not 1 <= k <= most:
        raise ValueError(f"k is {k}; it must be between 1 and {most}.")
    precision = _covered(fake, real, radii(real, k))
    return precision, _covered(real, fake, radii(fake, k))


def radii(points: Tensor, k: int) -> Tensor:
    """The squared distance of each point (n, d) to its k-th nearest other point, (n,)."""
    squares = (points**2).sum(1)
    parts = []
    for start in range(0, len(points), ROWS):
        part = points[start : start + ROWS]
        relative = torch.addmm(squares, part, points.T, alpha=-2)
        # A point is not its own neighbour; its place tells, since rounding blurs the zero.
        rows = torch.arange(len(part))
        relative[rows, start + rows] = torch.inf
        nearest = relative.topk(k, dim=1, largest=False).values[:, -1]
        parts.append((nearest + squares[start : start + ROWS]).clamp_min(0))
    return torch.cat(parts)


def nearest_distances(x: Tensor, others: Tensor) -> Tensor:
    """The Euclidean distance of each x (n, ...) to the nearest of others (m, ...), (n,)."""
    x, others = x.flatten(1), others.flatten(1)
    return _lowest(x, others, torch.zeros(len(others), dtype=x.dtype)).clamp_min(0).sqrt()


def _covered(points: Tensor, centres: Tensor, squared_radii: Tensor) -> float:
    """The share of points within a ball: where |x - c|^2 - r^2 <= 0 for some centre."""
    return float((_lowest(points, centres, squared_radii) <= 0).double().mean())


def _lowest(points: Tensor, centres: Tensor, offsets: Tensor) -> Tensor:
    """min over the centres (m, d) of |x - c|^2 - offset_c, for each of the points (n, d)."""
    squares = (centres**2).sum(1) - offsets
    parts = []
    for part in points.split(ROWS):
        best = torch.full((len(part),), torch.inf, dtype=part.dtype)
        # In blocks that stay in a core's cache, and never the whole matrix in memory.
        for block, square in zip(centres.split(ROWS), squares.split(ROWS), strict=True):
            best = best.minimum(torch.addmm(square, part, block.T, alpha=-2).amin(1))
        parts.append(best + (part**2).sum(1))
    return torch.cat(parts)
