"""Posterior means of many digits."""

from __future__ import annotations

from typing import NamedTuple

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


class SliderCodes(NamedTuple):
    """Of digits: the posterior means (n, d), where the sliders stand for them, u (n, d), and for a
    draw of each posterior, `drawn` (n, d), None where a code is a point."""

    means: Tensor
    u: Tensor
    drawn: Tensor | None


def slider_codes(model: Model, images: Tensor, generator: torch.Generator) -> SliderCodes:
    """Where the sliders stand for digits, uint8 (n, 1, 28, 28), and for a draw of each posterior.

    A model that takes labels is given none, so that all digits lie in one space, where classes
    may part.

    Args:
        model: in evaluation mode.
        images: the digits.
        generator: of the draws, on the CPU.

    Returns:
        All on the CPU.
    """
    device = next(model.parameters()).device
    q = model.encode(to_floats(images).to(device))
    means, u = q.mean.float().cpu(), model.to_sliders(q.mean).float().cpu()
    if not isinstance(q, DiagonalGaussian):
        return SliderCodes(means, u, None)
    noise = torch.randn(q.mean.shape, generator=generator)
    return SliderCodes(means, u, model.to_sliders(q.at(noise.to(device))).float().cpu())
