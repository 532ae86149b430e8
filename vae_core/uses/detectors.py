"""The twenty small models of anomaly detection in one file, with the curves of the test digits.

Weights are whole numbers of 8 bits times a scale a row, and the curves are those of the weights as
they are read back. `anomaly CHECKPOINT --save --data DIR` makes the file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from tqdm import tqdm

from vae_core import checkpoint, files, runtime
from vae_core.checkpoint.folder import fill
from vae_core.config import Config
from vae_core.data.digits import Digits, load_mnist
from vae_core.data.shipped import shipped
from vae_core.models import Model, build
from vae_core.probability.shapes import Float
from vae_core.uses import anomaly, anomaly_scores, auroc
from vae_core.uses.anomaly import MODES, Mode
from vae_core.uses.anomaly_scores import Detector
from vae_core.uses.auroc import Area

FILE = "detectors.safetensors"
SHOWN = ("relative", "squared-error", "elbo-floor", "elbo")
"""Scores whose curves are kept."""

RANKS = 501
"""Quantiles of a curve."""


@dataclass(frozen=True)
class Curve:
    """One score of normal and of odd test digits: quantiles at even ranks, (RANKS,) each."""

    normal: Float[Tensor, " ranks"]
    odd: Float[Tensor, " ranks"]
    area: Area

    def rates(self, score: float) -> tuple[float, float]:
        """The shares of normal and of odd digits that score higher, 0 to 1: a point of the ROC."""
        return _share_above(self.normal, score), _share_above(self.odd, score)


@dataclass(frozen=True)
class Kept:
    """One small model: what it is to detect by, the curves of its scores, and digits counted."""

    detector: Detector
    curves: Mapping[str, Curve]
    normal: int
    odd: int


def save(
    name: str | Path,
    *,
    data: str | Path | None = None,
    download: bool = False,
    device: str | None = None,
    seed: int = 0,
) -> dict[str, object]:
    """Train the twenty small models of a checkpoint's net, measure them, and keep both.

    Args:
        name: the checkpoint, of which only the settings are used.
        data, download: see `load_mnist`.
        device, seed: of the training.

    Returns:
        The file, its size, and what `anomaly.summary` says of either mode.

    Raises:
        ValueError: the checkpoint or the data cannot be used.
    """
    folder = checkpoint.resolve(name)
    base = checkpoint.read_config(folder)
    anomaly.check(base, "elbo")
    train, test = load_mnist("train", data, download=download), shipped("test")
    chosen = runtime.choose_device(device)
    tensors: dict[str, Tensor] = {}
    rows: dict[Mode, list[anomaly.Measured]] = {mode: [] for mode in MODES}
    each: list[tuple[Mode, int]] = [(mode, digit) for mode in MODES for digit in range(10)]
    for mode, digit in tqdm(each, unit="model"):
        normal = train.at(anomaly.is_normal(mode, digit, train.labels).nonzero()[:, 0])
        detector = anomaly.trained(base, normal, device=chosen, seed=seed)
        found, measured = _packed(detector, base, normal, mode, digit, test)
        tensors |= {f"{mode}.{digit}.{key}": value for key, value in found.items()}
        rows[mode].append(measured)
    facts = {mode: anomaly.summary(rows[mode], "relative") for mode in MODES}
    about = {"recipe": base.name, "seed": str(seed), "figures": json.dumps(facts)}
    files.write_tensors(folder / FILE, tensors, about)
    path = folder / FILE
    return {"file": str(path), "bytes": path.stat().st_size, "seed": seed, **facts}


def read(folder: Path, mode: Mode, digit: int, device: torch.device | str = "cpu") -> Kept:
    """One small model of those in a checkpoint's folder.

    Raises:
        ValueError: there are none, or the file is damaged.
    """
    path, base = folder / FILE, checkpoint.read_config(folder)
    if files.safetensors_metadata(path).get("recipe") != base.name:
        raise ValueError(f"{path} holds small models of another recipe than {base.name}.")
    start = f"{mode}.{digit}."
    tensors = {
        key.removeprefix(start): value
        for key, value in files.read_tensors(path).items()
        if key.startswith(start)
    }
    try:
        return _unpacked(base, tensors, path, device)
    except (KeyError, RuntimeError) as error:
        raise ValueError(f"{path} is damaged: {start[:-1]} cannot be read.") from error


def _packed(
    detector: Detector, base: Config, normal: Digits, mode: Mode, digit: int, test: Digits
) -> tuple[dict[str, Tensor], anomaly.Measured]:
    """Tensors of one small model, and its areas with the weights that those give back."""
    tensors: dict[str, Tensor] = {}
    for key, value in detector.model.state_dict().items():
        tensors[f"weights.{key}"], tensors[f"scale.{key}"] = rounded(value.cpu())
    device = next(detector.model.parameters()).device
    model = _model(base, tensors, "memory").to(device)
    again = anomaly_scores.fit(model, normal)
    known = anomaly.is_normal(mode, digit, test.labels)
    found = anomaly_scores.scores(again, test)
    areas = {key: auroc.auroc(s[known], s[~known]) for key, s in found.items()}
    ranks = torch.linspace(0, 1, RANKS, dtype=torch.float64)
    for key in SHOWN:
        halves = [found[key][known].quantile(ranks), found[key][~known].quantile(ranks)]
        tensors[f"curve.{key}"] = torch.stack(halves).float()
        tensors[f"area.{key}"] = torch.tensor(areas[key], dtype=torch.float64)
    tensors["usual"] = again.usual
    tensors["typical"] = torch.tensor([again.typical])
    tensors["counts"] = torch.tensor([int(known.sum()), int((~known).sum())])
    return tensors, anomaly.Measured(digit, areas)


def _unpacked(
    base: Config, tensors: Mapping[str, Tensor], path: Path, device: torch.device | str
) -> Kept:
    model = _model(base, tensors, path).to(device)
    detector = Detector(model, tensors["usual"], float(tensors["typical"]))
    curves: dict[str, Curve] = {}
    for key in SHOWN:
        value, sem = runtime.numbers(tensors[f"area.{key}"])
        normal, odd = tensors[f"curve.{key}"]
        curves[key] = Curve(normal, odd, Area(value, sem))
    normal_count, odd_count = runtime.whole_numbers(tensors["counts"])
    return Kept(detector, curves, normal_count, odd_count)


def _model(base: Config, tensors: Mapping[str, Tensor], path: Path | str) -> Model:
    model = build(base)
    weights = {
        key: tensors[f"weights.{key}"].float() * tensors[f"scale.{key}"]
        for key in model.state_dict()
    }
    fill(model, weights, path)
    return model.eval().requires_grad_(False)


def rounded(weights: Tensor) -> tuple[Tensor, Tensor]:
    """Weights (n, ...) as whole numbers of 8 bits, and a scale a row, (n, 1, ...) or (n,)."""
    rows = weights.abs().flatten(1).amax(1) if weights.ndim > 1 else weights.abs()
    scale = (rows / 127).clamp_min(1e-12).view(-1, *[1] * (weights.ndim - 1))
    return (weights / scale).round().to(torch.int8), scale


def _share_above(quantiles: Tensor, score: float) -> float:
    """The share of what has these quantiles that lies above a score."""
    ranks = torch.linspace(0, 1, len(quantiles))
    place = int(torch.searchsorted(quantiles, score))
    if place in (0, len(quantiles)):
        return 1.0 if place == 0 else 0.0
    low, high = float(quantiles[place - 1]), float(quantiles[place])
    within = (score - low) / (high - low) if high > low else 0.5
    return 1 - float(ranks[place - 1]) - within / (len(quantiles) - 1)
