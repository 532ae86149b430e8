"""Frozen settings of a model and of the run that trains it."""

from vae_core.config.model import Config
from vae_core.config.parts import (
    BetaConfig,
    CodeConfig,
    CorruptionConfig,
    NetConfig,
    SparsityConfig,
    TrainConfig,
)

__all__ = [
    "BetaConfig",
    "CodeConfig",
    "Config",
    "CorruptionConfig",
    "NetConfig",
    "SparsityConfig",
    "TrainConfig",
]
