"""How far each trait of a digit has a latent of its own: the mutual information gap.

The data sets that the paper scores were drawn from known factors (Chen et al., 2018). Digits were
not: their factors here are what can be measured on them, slant, stroke width, width and height, and
the class. These go together (a 1 is narrow), so that even a perfect code scores less than 1;
the score compares models, it grades none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from vae_core import runtime
from vae_core.checkpoint.metrics import Disentanglement
from vae_core.data.digits import Digits
from vae_core.explore import traits
from vae_core.explore.posterior_means import slider_codes
from vae_core.models import VAE

BINS = 20
"""Of equal frequency, for each latent and each trait; 20 as is usual (Locatello et al., 2019)."""

RESAMPLES = 100
"""Of the digits, with replacement: the standard error is the spread of the score over them."""

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


class Gap(NamedTuple):
    """Of each factor (k,): the gap in shares of its entropy, and the latent that says most."""

    gaps: Floats
    latents: Whole

    @property
    def score(self) -> float:
        """MIG: the mean gap over the factors."""
        return float(self.gaps.mean())


def measure(model: VAE, digits: Digits, *, seed: int = 0) -> Disentanglement:
    """The score of a model at one posterior draw of each digit, where the sliders stand for it.

    A latent that ignores the picture has a mean that varies all the same, by little; in its draws
    that drowns, so that it scores nothing, as in the paper.

    Args:
        model: in evaluation mode; one that takes labels is given none.
        digits: many: each pair of bins should hold some.
        seed: of the draws and of the resamples.
    """
    noise = runtime.generator("cpu", seed, 12)
    with runtime.eval_mode(model):
        drawn = [
            slider_codes(model, part, noise).drawn for part in runtime.pieces(digits.images, 1000)
        ]
    codes = np.concatenate([part.double().numpy() for part in drawn if part is not None])
    factors = measured_factors(digits)
    found = gap(codes, list(factors.values()))
    return {
        "mig": found.score,
        "mig_sem": standard_error(codes, list(factors.values()), seed),
        "mig_per_factor": dict(zip(factors, map(float, found.gaps), strict=True)),
        "mig_latents": dict(zip(factors, map(int, found.latents), strict=True)),
        "mig_digits": len(digits),
        "mig_bins": BINS,
    }


def measured_factors(digits: Digits) -> Mapping[str, Whole]:
    """The factors of digits by name, each a bin (n,): the traits that name sliders, the class."""
    measured = traits.measure(digits.images[:, 0].numpy())
    named = {name: binned(measured[:, i]) for i, name in enumerate(traits.NAMED)}
    return {**named, "class": digits.labels.numpy().astype(np.int64)}


def binned(values: Floats, bins: int = BINS) -> Whole:
    """Values (n,) as numbers of bins that hold equally many, 0 to bins - 1; ties stay together."""
    edges = np.quantile(values, np.linspace(0, 1, bins + 1)[1:-1])
    return np.searchsorted(edges, values, side="right").astype(np.int64)


def gap(codes: Floats, factors: list[Whole], weights: Floats | None = None) -> Gap:
    """(I(z_j; v) - I(z_i; v)) / H(v) of each factor v, j saying most of it and i second most.

    Args:
        codes: (n, d), d of 2 or more.
        factors: each a bin of every digit, (n,).
        weights: how often each digit counts, (n,); once when None.
    """
    return _gap([binned(column) for column in codes.T], factors, weights)


def _gap(latents: list[Whole], factors: list[Whole], weights: Floats | None) -> Gap:
    rows = [[information(z, v, weights) for z in latents] for v in factors]
    entropies = np.array([[information(v, v, weights)] for v in factors])
    # Of a factor that never varies nothing can be said.
    table = np.array(rows) / np.maximum(entropies, 1e-9)
    ordered = np.sort(table, axis=1)
    return Gap(ordered[:, -1] - ordered[:, -2], table.argmax(1).astype(np.int64))


def information(a: Whole, b: Whole, weights: Floats | None = None) -> float:
    """Mutual information of two variables given as bins (n,), in nats; of one with itself, H."""
    shape = int(a.max()) + 1, int(b.max()) + 1
    counts = np.bincount(a * shape[1] + b, weights, shape[0] * shape[1]).reshape(shape)
    joint = counts / counts.sum()
    apart = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    held = joint > 0
    return float((joint[held] * np.log(joint[held] / apart[held])).sum())


def standard_error(codes: Floats, factors: list[Whole], seed: int = 0) -> float:
    """The spread of the score over resamples of the digits (bootstrap; Efron, 1979)."""
    latents = [binned(column) for column in codes.T]
    counts = _resamples(len(codes), seed)
    return float(np.std([_gap(latents, factors, weights).score for weights in counts], ddof=1))


def _resamples(n: int, seed: int) -> Iterator[Floats]:
    """How often each of n digits counts in each resample."""
    noise = np.random.default_rng(seed)
    for _ in range(RESAMPLES):
        yield np.bincount(noise.integers(n, size=n), minlength=n).astype(np.float64)


def card_rows(metrics: Mapping[str, object]) -> list[tuple[str, str]]:
    """The score for a model's card, the best separated trait first; none where there is none."""
    each = cast("dict[str, float] | None", metrics.get("mig_per_factor"))
    if each is None:
        return []
    parts = ", ".join(f"{name} {each[name]:.2f}" for name in sorted(each, key=lambda n: -each[n]))
    name = (
        "mutual information gap: how much more the best latent says of a trait than the next, "
        f"in shares of the trait's entropy ({metrics['mig_bins']} bins, a posterior draw each)"
    )
    return [(name, f"{metrics['mig']:.3f} +- {metrics['mig_sem']:.3f}: {parts}")]
