"""What one step is given: digits as the recipe wants them, and the step's noise."""

from __future__ import annotations

import torch
from torch import Tensor

from vae_core.data.digits import binarise, corrupt, to_floats
from vae_core.training import distributed, weighted_draws
from vae_core.training.objectives import Batch
from vae_core.training.run_state import RunState

UNKNOWN_LABELS = 0.1
"""Share of the digits whose label a model that takes labels does not get: it can do without."""


def draw_batch(run: RunState, images: Tensor, labels: Tensor) -> Batch:
    """This process's digits as the recipe wants them, with all the noise that the step needs.

    The noise is drawn for the batch of all processes, so that many train the model that one does.
    Where no noise is added to the pixels, they are left as bytes, for the step to convert.

    Args:
        run: its noise is drawn from.
        images: (b, 1, 28, 28), uint8, of all processes.
        labels: (b,), int64.
    """
    config, noise = run.config, run.noise
    noisy = config.train.binarisation == "dynamic" or config.corruption is not None
    x, y = to_floats(images) if noisy else images, None
    if config.train.binarisation == "dynamic":
        x = binarise(x, noise)
    seen = x if config.corruption is None else corrupt(x, config.corruption, noise)
    if config.takes_labels:
        known = torch.rand(len(x), generator=noise, device=run.device) >= UNKNOWN_LABELS
        y = labels.where(known, -1)
    shape = (config.samples,) * (config.objective == "iwae") + (len(x), config.latent_dim)
    eps = torch.randn(shape, generator=noise, device=run.device)
    offset = None
    if weighted_draws.is_supported(run):
        offset = torch.rand(len(x), generator=noise, device=run.device)
    if distributed.size() == 1:
        return Batch(x, seen, y, eps, offset)
    mine = distributed.rows()
    own = x[mine]
    shown = own if seen is x else seen[mine]
    y, offset = (part if part is None else part[mine] for part in (y, offset))
    return Batch(own, shown, y, eps[..., mine, :], offset)
