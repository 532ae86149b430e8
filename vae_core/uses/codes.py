"""Codes of all training digits, kept beside the weights: search needs no data set then.

They are posterior means z, not the sliders' u, rounded to 16 bits: a part in two thousand, where a
posterior is some tenths wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from vae_core import files
from vae_core.checkpoint.companions import CODES, WEIGHTS, fingerprint
from vae_core.data.digits import SPLITS, Digits
from vae_core.explore.posterior_means import posterior_means
from vae_core.models import Model
from vae_core.probability.shapes import Float, Int

COUNT = SPLITS["train"][1]


@dataclass(frozen=True)
class Codes:
    """Posterior means (n, d), float32, and labels (n,), int64, of digits in their split's order."""

    means: Float[Tensor, "n d"]
    labels: Int[Tensor, " n"]

    def at(self, index: Int[Tensor, " m"]) -> Codes:
        """Those at `index` (m,)."""
        return Codes(self.means[index], self.labels[index])


def encode(model: Model, digits: Digits, device: torch.device | str = "cpu") -> Codes:
    """The codes of digits; a model that takes labels is given none, as it is for a query."""
    return Codes(posterior_means(model, digits, device).float(), digits.labels.cpu())


def rounded(codes: Codes) -> Codes:
    """The codes as a file gives them back."""
    return Codes(codes.means.half().float(), codes.labels)


def write(folder: Path, codes: Codes) -> Path:
    """Keep the codes of all 60,000 training digits beside the weights of `folder`.

    Raises:
        ValueError: there are not 60,000, a number does not fit into 16 bits, or the file cannot be
            written.
    """
    if len(codes.means) != COUNT:
        raise ValueError(f"there are {len(codes.means)} codes; it must be {COUNT}.")
    kept = {"mean": codes.means.half(), "label": codes.labels.to(torch.uint8)}
    if not torch.isfinite(kept["mean"]).all():
        raise ValueError("a code is too large for the 16 bits in which codes are kept.")
    path = folder / CODES
    files.write_tensors(path, kept, {"weights_sha256": fingerprint(folder / WEIGHTS)})
    return path


def read(folder: Path) -> Codes | None:
    """The kept codes of a checkpoint; None where there are none, or they are of other weights.

    Raises:
        ValueError: the file is damaged.
    """
    path = folder / CODES
    if not path.is_file():
        return None
    if files.safetensors_metadata(path).get("weights_sha256") != fingerprint(folder / WEIGHTS):
        return None
    kept = files.read_tensors(path)
    means, labels = kept.get("mean"), kept.get("label")
    if means is None or labels is None or not _are_whole(means, labels):
        raise ValueError(f"{path} is damaged: it does not hold the codes of {COUNT} digits.")
    return Codes(means.float(), labels.long())


def _are_whole(means: Tensor, labels: Tensor) -> bool:
    shaped = means.ndim == 2 and len(means) == COUNT and labels.shape == (COUNT,)
    typed = means.dtype == torch.float16 and labels.dtype == torch.uint8
    return shaped and typed and bool(torch.isfinite(means).all() and labels.max() < 10)
