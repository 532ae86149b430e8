"""The autoencoder family on MNIST: train, measure, save, load and explore it."""

import os
import sys

if sys.argv[:1] == ["-m"]:  # `python -m vae_core`, on its way; torch is not imported yet
    from vae_core import cores

    cores.prepare(os.environ)

from vae_core import checkpoint, explore, recipes, runtime
from vae_core.checkpoint.folder import inspect, load, save
from vae_core.config import BetaConfig, Config, NetConfig, TrainConfig
from vae_core.models import VAE
from vae_core.probability.latents import DiagonalGaussian, StandardNormal
from vae_core.probability.likelihoods.bernoulli import Bernoulli
from vae_core.training import objectives

__all__ = [
    "VAE",
    "Bernoulli",
    "BetaConfig",
    "Config",
    "DiagonalGaussian",
    "NetConfig",
    "StandardNormal",
    "TrainConfig",
    "checkpoint",
    "explore",
    "inspect",
    "load",
    "objectives",
    "recipes",
    "runtime",
    "save",
]
