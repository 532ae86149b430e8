"""What a run of training changes as it goes, apart from how it goes."""

from __future__ import annotations

import copy
from collections.abc import Callable

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.config import Config
from vae_core.models import VAE, Autoencoder, build
from vae_core.training.adam import Adam
from vae_core.training.objectives import Batch

Model = VAE | Autoencoder
Loss = Callable[[Model, Batch, Tensor], tuple[Tensor, Tensor]]
"""(model, batch, beta) -> the scalar to minimise, and the means to report."""


class RunState:
    """Everything that a run changes as it goes: weights, optimiser, average, place, noise.

    Args:
        config: what to train and how.
        device: where.
        seed: fixes the weights at the start, the order of the digits and every draw.
    """

    def __init__(self, config: Config, device: torch.device | str = "cpu", seed: int = 0) -> None:
        self.config = config
        self.device = torch.device(device)
        self.seed = seed
        with runtime.seeded(seed):
            self.model: Model = build(config).to(self.device)
        self.optimizer = Adam(self.model.parameters(), config.train.learning_rate)
        self.average = self._new_average()
        self.beta = torch.ones((), device=self.device)
        self.share = torch.ones((), device=self.device)
        self.epoch = 0
        self.batch = 0
        self.step = 0
        self.seconds = 0.0
        self.compiles: bool | None = None  # whether its step is compiled; decided at the first
        # The same in every process: each draws for the whole batch and takes its own rows.
        self.noise = runtime.generator(self.device, seed, 0, 1)

    def _new_average(self) -> Model | None:
        return copy.deepcopy(self.model) if self.config.train.ema else None
