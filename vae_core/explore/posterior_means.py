"""Posterior means of many digits."""

from __future__ import annotations

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.data import Digits, to_floats
from vae_core.models import Model
from vae_core.probability.latents import DiagonalGaussian
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


def slider_codes(
    model: Model, images: Tensor, generator: torch.Generator
) -> tuple[Tensor, Tensor | None]:
    """Where the sliders stand for digits, uint8 (n, 1, 28, 28), and for a draw of each posterior.

    A model that takes labels is given none, so that all digits lie in one space, where classes
    may part.

    Args:
        model: in evaluation mode.
        images: the digits.
        generator: of the draws, on the CPU.

    Returns:
        The posterior means' u (n, d) and those of the draws (n, d), on the CPU; None for the
        latter where a code is a point.
    """
    device = next(model.parameters()).device
    q = model.encode(to_floats(images).to(device))
    u = model.to_sliders(q.mean).float().cpu()
    if not isinstance(q, DiagonalGaussian):
        return u, None
    noise = torch.randn(q.mean.shape, generator=generator)
    return u, model.to_sliders(q.at(noise.to(device))).float().cpu()
