"""The autoencoder family on MNIST: train, measure, save, load and explore it."""

import importlib
import os
import sys
from typing import TYPE_CHECKING

if sys.argv[:1] == ["-m"]:  # `python -m vae_core`, on its way; torch is not imported yet
    from vae_core import cores

    cores.prepare(os.environ, verb=next(iter(sys.argv[1:]), None))

from vae_core import checkpoint, explore, recipes, runtime
from vae_core.checkpoint.folder import inspect, load, save
from vae_core.config import BetaConfig, Config, NetConfig, TrainConfig
from vae_core.models import VAE
from vae_core.probability.latents import DiagonalGaussian, StandardNormal
from vae_core.probability.likelihoods.bernoulli import Bernoulli
from vae_core.training import objectives

if TYPE_CHECKING:
    from vae_core.evaluation.evaluate import evaluate
    from vae_core.publish.hub import push
    from vae_core.training.session import train

__version__ = "0.1.0"

__all__ = [
    "VAE",
    "Bernoulli",
    "BetaConfig",
    "Config",
    "DiagonalGaussian",
    "NetConfig",
    "StandardNormal",
    "TrainConfig",
    "__version__",
    "checkpoint",
    "evaluate",
    "explore",
    "inspect",
    "load",
    "objectives",
    "push",
    "recipes",
    "runtime",
    "save",
    "train",
]

_LAZY = {
    "train": "vae_core.training.session",
    "evaluate": "vae_core.evaluation.evaluate",
    "push": "vae_core.publish.hub",
}
"""Imported when first asked for: the app needs none of them."""


def __getattr__(name: str) -> object:
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
