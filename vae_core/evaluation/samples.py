"""How real samples are: FID, precision and recall, what a classifier reads, nearest digits.

Every figure is in the features of one frozen digit classifier (`fid_net`), so it compares with
figures made with the same net only, never with FIDs of natural pictures. Samples that are means
of p(x|z) are grey and are compared with grey digits; binary draws with binarised ones.
"""

from __future__ import annotations

import functools
import statistics
from dataclasses import dataclass
from typing import TypedDict

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.checkpoint.metrics import Nearest, RealFigures, SampleFigures
from vae_core.classifier.model import NOT_A_DIGIT, Classifier
from vae_core.data.digits import Digits, binarise, permutation
from vae_core.evaluation import fid_features
from vae_core.evaluation.neighbours import nearest_distances, precision_recall
from vae_core.models import Model
from vae_core.probability.shapes import Float

BATCH = 500
MANIFOLD_STRIDE = 3
"""Every third digit, on each side, makes the manifolds of precision and recall."""

PARTS = 6
"""Parts of the training set, at most, that its own scores are means over: one alone gives a floor
between 2.0 and 2.2."""

SURE = 0.9
"""A picture is read surely where the likeliest digit has so much."""

OF_SAMPLES = (
    *("fid", "precision", "recall", "sample_entropy", "sample_unsure", "sample_unsure_sem"),
    *("class_histogram", "not_digits", "nearest_train"),
)
OF_DIGITS = (
    *("fid_floor", "fid_floor_sem", "precision_real", "recall_real"),
    *("test_entropy", "test_unsure", "test_unsure_sem", "fid_features"),
)
FIGURES = (*OF_SAMPLES, *OF_DIGITS)
"""The keys of `measure`."""

COMPARED = 1000
"""Samples whose nearest training digit is looked up, and as many test digits."""


@dataclass(frozen=True, kw_only=True)
class Gaussian:
    """Mean (d,) and covariance (d, d) of features, in double precision."""

    mean: Float[Tensor, " d"]
    covariance: Float[Tensor, "d d"]

    @classmethod
    def of(cls, features: Float[Tensor, "n d"]) -> Gaussian:
        """Fitted to features (n, d), n at least 2."""
        values = features.double()
        return cls(mean=values.mean(0), covariance=values.T.cov())

    @functools.cached_property
    def axes(self) -> Tensor:
        """W (d, d) with W W^T = covariance: eigenvectors times standard deviations."""
        values, vectors = runtime.eigh(self.covariance)
        return vectors * values.clamp_min(0).sqrt()


def draws(
    model: Model, count: int, *, generator: torch.Generator, pixels: str = "means"
) -> Float[Tensor, "{count} 1 28 28"]:
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


def features(classifier: Classifier, x: Float[Tensor, "n 1 28 28"]) -> Float[Tensor, "n d"]:
    """The classifier's last hidden layer (n, d) for x (n, 1, 28, 28), on the CPU."""
    device = next(classifier.parameters()).device
    with torch.inference_mode():
        # Few at a time and channels innermost: the activations stay in a core's cache.
        return torch.cat(
            [
                classifier.embed(part.to(device, memory_format=torch.channels_last)).cpu()
                for part in runtime.pieces(x, 100)
            ]
        )


@dataclass(frozen=True, kw_only=True)
class Real:
    """What samples are held against, the same for every model: the test digits.

    `net` is the frozen classifier, `gaussian` that of the test digits' features, `few` (n, d)
    those of every third, `figures` what real digits score themselves, see `measure`.
    """

    train: Digits
    test: Digits
    net: Classifier
    gaussian: Gaussian
    few: Tensor
    figures: RealFigures

    @classmethod
    def of(cls, train: Digits, test: Digits, *, seed: int = 0, device: str = "cpu") -> Real:
        """Measured on all test digits, and on random training digits in the place of samples.

        Args:
            train: all training digits.
            test: all test digits, no more than those.
            seed: of the order in which training digits are dealt out into parts as large as the
                test set, up to PARTS of them.
            device: where to compute.

        Raises:
            ValueError: the frozen net cannot be read.
        """
        net = fid_features.load(device)
        asked = features(net, test.floats())
        gaussian, few = Gaussian.of(asked), asked[::MANIFOLD_STRIDE]
        count = min(PARTS, len(train) // len(test))
        dealt = permutation(len(train), seed)[: count * len(test)]
        floors: list[float] = []
        manifolds: list[tuple[float, float]] = []
        for part in runtime.pieces(dealt, len(test)):
            known = features(net, train.floats(part))
            floors.append(frechet_distance(gaussian, Gaussian.of(known)))
            manifolds.append(precision_recall(few, known[::MANIFOLD_STRIDE]))
        read = readings(net, asked)
        figures: RealFigures = {
            "fid_floor": statistics.fmean(floors),
            "fid_floor_sem": statistics.stdev(floors) / count**0.5 if count > 1 else None,
            "precision_real": statistics.fmean(precision for precision, _ in manifolds),
            "recall_real": statistics.fmean(recall for _, recall in manifolds),
            "test_entropy": read["entropy"],
            "test_unsure": read["unsure"],
            "test_unsure_sem": read["unsure_sem"],
            "fid_features": fid_features.SHA256,
        }
        return cls(train=train, test=test, net=net, gaussian=gaussian, few=few, figures=figures)


def measure(model: Model, real: Real, *, seed: int = 0) -> SampleFigures:
    """The figures of the model's samples: means of p(x|z) against grey digits.

    Args:
        model: in evaluation mode, with a prior to draw from.
        real: FID, precision and recall are taken against its test digits: a model that repeats
            its training digits scores the floor, not 0. As many samples are drawn, since FID
            grows as there are fewer.
        seed: of the samples.

    Returns:
        `fid`; `fid_floor`, the mean FID of parts of the training set of as many digits, and
        `fid_floor_sem`, its standard error over the parts; `precision`, `recall`, and the same
        two of the training digits (`precision_real`, `recall_real`); `sample_entropy` in nats,
        the mean over the samples of the net's own, and `test_entropy`; `sample_unsure`, the
        share of the samples that it reads with less than SURE, and `test_unsure`, each with its
        standard error (`..._sem`); `class_histogram`, shares of the samples read as 0 to 9;
        `not_digits`, the share read as none; `nearest_train`, see there; and `fid_features`, the
        SHA-256 of the net.
    """
    x = draws(model, len(real.test), generator=runtime.generator("cpu", seed, 7))
    embedded = features(real.net, x)
    read = readings(real.net, embedded)
    precision, recall = precision_recall(real.few, embedded[::MANIFOLD_STRIDE])
    return {
        "fid": frechet_distance(real.gaussian, Gaussian.of(embedded)),
        "precision": precision,
        "recall": recall,
        "sample_entropy": read["entropy"],
        "sample_unsure": read["unsure"],
        "sample_unsure_sem": read["unsure_sem"],
        "class_histogram": read["class_histogram"],
        "not_digits": read["not_digits"],
        "nearest_train": nearest_train(x, real.test, real.train),
        **real.figures,
    }


class Read(TypedDict):
    """What the classifier reads in pictures; see `measure`."""

    entropy: float
    unsure: float
    unsure_sem: float
    class_histogram: list[float]
    not_digits: float


def readings(classifier: Classifier, embedded: Float[Tensor, "n d"]) -> Read:
    """Entropy, unsure, class_histogram and not_digits of pictures by their features (n, d).

    See `measure`; the entropy and the classes are of ten digits, given that it is one.
    """
    with torch.inference_mode():
        logits = classifier.head(embedded.to(next(classifier.parameters()).device)).cpu()
    digits = logits[:, :NOT_A_DIGIT].log_softmax(1)
    counts = digits.argmax(1).bincount(minlength=NOT_A_DIGIT)
    unsure = float((digits.amax(1).exp() < SURE).double().mean())
    return {
        "entropy": float(-(digits.exp() * digits).sum(1).mean()),
        "unsure": unsure,
        "unsure_sem": (unsure * (1 - unsure) / len(digits)) ** 0.5,
        "class_histogram": [count / len(logits) for count in counts.tolist()],
        "not_digits": float((logits.argmax(1) == NOT_A_DIGIT).double().mean()),
    }


def nearest_train(x: Float[Tensor, "n 1 28 28"], test: Digits, train: Digits) -> Nearest:
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
    cross = runtime.eigenvalues(0.5 * (product + product.T)).clamp_min(0).sqrt().sum()
    spread = a.covariance.trace() + b.covariance.trace() - 2 * cross
    return max(0.0, float(((a.mean - b.mean) ** 2).sum() + spread))
