"""Anomaly detection: models that know some digits only, and how well they tell the others.

`one`: trained on one digit, to which all others are odd. `held-out`: trained on all but one, which
is odd. Both train a checkpoint's net anew for some 800 steps. The twenty of `vae-128` ship, for the
page (`detectors`); those of any other dense net train in seconds. Which score is best was chosen on
training digits kept out (`anomaly vae-400 --evaluate --mode one --hold-out 5000 --data DIR`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor
from tqdm import tqdm

from vae_core import checkpoint, runtime
from vae_core.config import BetaConfig, Config, TrainConfig
from vae_core.data.digits import Digits, hold_out, load_mnist
from vae_core.data.shipped import shipped
from vae_core.models import Model
from vae_core.training.run import TrainingRun, fit
from vae_core.uses import anomaly_scores, auroc
from vae_core.uses.anomaly_scores import SCORES, Detector
from vae_core.uses.auroc import Area

Mode = Literal["one", "held-out"]
MODES: tuple[Mode, ...] = ("one", "held-out")
STEPS, BATCH = 800, 128
REFERENCE = 1000
"""Test digits among which a picture's percentile is counted."""


def is_normal(mode: Mode, digit: int, labels: Tensor) -> Tensor:
    """Which of labels (n,) a small model knows, bool (n,)."""
    return labels == digit if mode == "one" else labels != digit


def small_config(base: Config, count: int) -> Config:
    """The net, likelihood and objective of `base`, trained briefly on `count` digits."""
    epochs = max(1, round(STEPS / max(1, count // BATCH)))
    train = TrainConfig(
        epochs=epochs,
        batch_size=min(BATCH, count),
        decay="cosine",
        beta=BetaConfig(final=base.train.beta.final),
        binarisation=base.train.binarisation,
        clip_norm=base.train.clip_norm,
    )
    return replace(base, train=train)


def trained(
    base: Config, normal: Digits, *, device: torch.device | str = "cpu", seed: int = 0
) -> Detector:
    """A small model of the net of `base` that knows normal digits alone."""
    run = TrainingRun(small_config(base, len(normal)), torch.device(device), seed)
    for _ in fit(run, normal):
        pass
    model = run.result()
    _fit_codes(model, normal)
    return anomaly_scores.fit(model, normal)


@dataclass(frozen=True)
class Measured:
    """The areas of one digit's model under each score."""

    digit: int
    areas: dict[str, Area]


def measure(detector: Detector, mode: Mode, digit: int, test: Digits) -> Measured:
    """How well each score tells odd test digits from normal ones."""
    known = is_normal(mode, digit, test.labels)
    found = anomaly_scores.scores(detector, test)
    areas = {name: auroc.auroc(s[known], s[~known]) for name, s in found.items()}
    return Measured(digit, areas)


def evaluate(
    name: str | Path,
    mode: Mode,
    *,
    digit: int | None = None,
    score: str = SCORES[0],
    data: str | Path | None = None,
    download: bool = False,
    device: str | None = None,
    seed: int = 0,
    hold_out: int | None = None,
) -> dict[str, object]:
    """Train small models of a checkpoint's net, and measure them on the test digits.

    Args:
        name: the checkpoint, of which only the settings are used.
        mode: `one` or `held-out`.
        digit: only this one; all ten when None.
        score: that of `auroc` and `auroc_per_digit`.
        data, download: see `load_mnist`.
        device, seed: of the training.
        hold_out: measure on so many training digits kept out, instead of the test digits.

    Returns:
        What `summary` says, and how it was measured.

    Raises:
        ValueError: an argument or the data cannot be used.
    """
    base = checkpoint.read_config(checkpoint.resolve(name))
    check(base, score, digit)
    train, test = _split(data, download, hold_out)
    chosen = runtime.choose_device(device)
    rows: list[Measured] = []
    for each in tqdm(range(10) if digit is None else [digit], desc=mode, unit="model"):
        normal = train.at(is_normal(mode, each, train.labels).nonzero()[:, 0])
        detector = trained(base, normal, device=chosen, seed=seed)
        rows.append(measure(detector, mode, each, test))
    facts = {"recipe": base.name, "mode": mode, "score": score, "digits": len(test), "seed": seed}
    return {**facts, **summary(rows, score)}


def summary(rows: Sequence[Measured], score: str) -> dict[str, object]:
    """`auroc`, the mean over digits, and `auroc_per_digit`, by one score; `scores`, by every one.

    Standard errors are over the pictures that were measured.
    """
    means = {key: auroc.mean([row.areas[key] for row in rows]) for key in rows[0].areas}
    per_digit = {str(row.digit): row.areas[score] for row in rows}
    return {
        "auroc": means[score].value,
        "auroc_sem": means[score].sem,
        "auroc_per_digit": {key: area.value for key, area in per_digit.items()},
        "auroc_per_digit_sem": {key: area.sem for key, area in per_digit.items()},
        "scores": {key: area._asdict() for key, area in means.items()},
    }


def check(config: Config, score: str, digit: int | None = None) -> None:
    """ValueError unless there is such a score of such a model, and such a digit."""
    if score not in SCORES:
        raise ValueError(f"score is {score!r}; it must be one of {', '.join(SCORES)}.")
    if score.startswith("elbo") and not config.is_variational:
        raise ValueError(f"score is {score!r}, but {config.name} is deterministic: it has no ELBO.")
    if digit is not None and not 0 <= digit <= 9:
        raise ValueError(f"digit is {digit}; it must be between 0 and 9.")


def whole_model(name: str | Path, device: str | None = None) -> tuple[Detector, Digits]:
    """The detector that a checkpoint itself is, and the test digits to count percentiles among.

    It needs no data set: what is usual is learned from the training digits that ship.
    """
    model = checkpoint.load(name, runtime.choose_device(device))
    return anomaly_scores.fit(model, shipped("train")), shipped("test").drawn(REFERENCE)


def small_model(
    name: str | Path,
    mode: Mode,
    digit: int,
    *,
    data: str | Path | None = None,
    download: bool = False,
    device: str | None = None,
    seed: int = 0,
) -> tuple[Detector, Digits]:
    """A detector trained with a digit alone or without it, and normal test digits beside it."""
    base = checkpoint.read_config(checkpoint.resolve(name))
    train, test = load_mnist("train", data, download=download), shipped("test")
    normal = train.at(is_normal(mode, digit, train.labels).nonzero()[:, 0])
    known = test.at(is_normal(mode, digit, test.labels).nonzero()[:, 0])
    detector = trained(base, normal, device=runtime.choose_device(device), seed=seed)
    return detector, known.drawn(min(REFERENCE, len(known)))


def _split(data: str | Path | None, download: bool, count: int | None) -> tuple[Digits, Digits]:
    train = load_mnist("train", data, download=download)
    return (train, shipped("test")) if count is None else hold_out(train, count)


def _fit_codes(model: Model, normal: Digits) -> None:
    """The Gaussian around a deterministic model's codes, which `typicality` needs."""
    from vae_core.explore.posterior_means import posterior_means
    from vae_core.probability.protocols import can_fit

    if can_fit(model.prior):
        device = next(model.parameters()).device
        model.prior.fit(posterior_means(model, normal, device).to(device))
