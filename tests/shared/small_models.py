"""Small models with random weights, and small configs to train."""

from __future__ import annotations

import torch
from torch import nn

from vae_core import VAE, Config, NetConfig, TrainConfig
from vae_core.config import CodeConfig
from vae_core.data.digits import Digits
from vae_core.models import Autoencoder, Model
from vae_core.probability.flow import FlowPrior
from vae_core.training.run import Progress, TrainingRun, fit


def sparse(k: int) -> Autoencoder:
    """A linear autoencoder of 12 units, of which k speak."""
    torch.manual_seed(0)
    config = Config(
        name="t",
        latent_dim=12,
        objective="reconstruction",
        likelihood="squared-error",
        prior="fitted",
        net=NetConfig(hidden_dims=()),
        code=CodeConfig(topk=k),
    )
    return Autoencoder(config)


def flow_model() -> VAE:
    """A VAE of 6 latents whose flow prior bends space."""
    torch.manual_seed(0)
    flow = VAE(Config(name="flow", latent_dim=6, prior="flow", net=NetConfig(hidden_dims=(16,))))
    for parameter in prior_of(flow).parameters():
        nn.init.normal_(parameter, std=0.1)
    return flow.eval().requires_grad_(False)


def prior_of(model: Model) -> FlowPrior:
    """The flow prior of a model that has one."""
    assert isinstance(model.prior, FlowPrior)
    return model.prior


def tiny_config(**train: object) -> Config:
    """Two epochs of a tiny VAE, with all that a schedule may hold; `train` changes it."""
    settings = {"epochs": 2, "batch_size": 10, "ema": 0.9, "clip_norm": 50.0, "decay": "cosine"}
    return Config(
        name="tiny",
        latent_dim=3,
        net=NetConfig(hidden_dims=(16,)),
        train=TrainConfig(**{**settings, **train}),  # type: ignore[arg-type]
    )


def trained(run: TrainingRun, digits: Digits, steps: int | None = None) -> list[Progress]:
    """The records of a run that is left after `steps` steps."""
    records = []
    for record in fit(run, digits, every=1):
        records.append(record)
        if steps is not None and run.step >= steps:
            break
    return records


def random_digits(count: int) -> Digits:
    """Random grey levels, all labelled 0."""
    noise = torch.Generator().manual_seed(0)
    images = torch.randint(0, 256, (count, 1, 28, 28), generator=noise)
    return Digits(images.byte(), torch.zeros(count, dtype=torch.int64), torch.arange(count))
