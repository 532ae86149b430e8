"""The autoencoder family on MNIST: train, measure, save, load and explore it."""

from vae_core import checkpoint, explore, objectives, recipes, runtime
from vae_core.checkpoint import inspect, load, save
from vae_core.config import BetaConfig, Config, NetConfig, TrainConfig
from vae_core.latents import DiagonalGaussian, StandardNormal
from vae_core.likelihoods import Bernoulli
from vae_core.models import VAE

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
