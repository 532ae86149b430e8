"""What could have stood in a gap: several answers by Metropolis within Gibbs, for the page."""

from __future__ import annotations

import torch
from torch import Tensor

from vae_core.app.wire import Mask
from vae_core.explore.inpainting import Filled, impute
from vae_core.models import Model
from vae_core.probability import likelihoods
from vae_core.runtime import from_array

ANSWERS, SWEEPS, CORRECTED = 8, 12, 12


def answers(model: Model, x: Tensor, gap: Mask, seed: int) -> Filled:
    """ANSWERS pictures that agree with x (1, 1, 28, 28) outside the gap.

    Raises:
        ValueError: the model's pixels depend on each other, which takes minutes to draw.
    """
    if likelihoods.get(model.config.likelihood).is_slow:
        raise ValueError("This model paints pixel by pixel, too slowly to try several answers.")
    known = from_array(~gap).to(x.device)
    noise = torch.Generator(x.device).manual_seed(seed)
    return impute(
        model,
        x,
        known,
        chains=ANSWERS,
        sweeps=SWEEPS,
        corrected=CORRECTED,
        generator=noise,
    )
