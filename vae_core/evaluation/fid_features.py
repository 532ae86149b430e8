"""The net whose features FID is measured in: frozen, whatever becomes of the classifier.

A FID compares with another in the same features only. These are the weights that the shipped
classifier had when the first figures were taken; they ship as a file of their own, so that
training the classifier again moves no figure that was taken before.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from vae_core import files, runtime
from vae_core.classifier.independent import Readings
from vae_core.classifier.model import Classifier

FILE = files.ASSETS / "fid-features.safetensors"
SHA256 = "509c56034717da71f7d678f91ae23edd593f0fa0845fc1071f454f2b927987d3"
"""Of the file; `fid_features` in metrics.json: other features are another scale."""

WIDTHS = (20, 48, 64, 96)


def load(device: str = "cpu", file: Path = FILE) -> Classifier:
    """The frozen net, in evaluation mode.

    Raises:
        ValueError: the file is missing, damaged, or not the one that the figures are taken in.
    """
    tensors = files.read_tensors(file)
    if files.fingerprint(file) != SHA256:
        raise ValueError(f"{file} is not the frozen net of FID: its SHA-256 must be {SHA256}.")
    net = Classifier(WIDTHS)
    net.load_state_dict(tensors, strict=True)
    return net.to(device).eval().requires_grad_(False)


def reader(device: str = "cpu") -> Callable[[Tensor], Readings]:
    """The frozen net as one that reads pictures (n, 1, 28, 28) in [0, 1]."""
    net = load(device)

    def read(x: Tensor) -> Readings:
        best = torch.cat([net.probs(part.to(device)).cpu() for part in runtime.pieces(x, 500)])
        found = best.max(1)
        return Readings(found.indices, found.values)

    return read
