"""Posterior means of many digits."""

from __future__ import annotations

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.data import Digits
from vae_core.models import Model
from vae_core.probability.shapes import Float

BATCH = 1000


def posterior_means(
    model: Model, digits: Digits, device: torch.device | str = "cpu"
) -> Float[Tensor, "n d"]:
    """Posterior means (n, latent_dim) of grey digits, on the CPU."""
    parts = [slice(start, start + BATCH) for start in range(0, len(digits), BATCH)]
    with runtime.eval_mode(model):
        means = [model.encode(digits.floats(part).to(device)).mean.cpu() for part in parts]
    return torch.cat(means)
