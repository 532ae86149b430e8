"""Recipes by name, and the training settings that several of them share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from vae_core.config import BetaConfig, Config, NetConfig, TrainConfig

RECIPES: dict[str, Callable[[], Config]] = {}


def recipe(build: Callable[[], Config]) -> Callable[[], Config]:
    """Registers a recipe under the name in the config that it builds."""
    RECIPES[build().name] = build
    return build


def get(name: str) -> Config:
    """The config of the recipe called `name`.

    Raises:
        ValueError: there is no such recipe.
    """
    if name not in RECIPES:
        raise ValueError(f"there is no recipe {name!r}; there are: {', '.join(RECIPES)}.")
    return RECIPES[name]()


def grey(epochs: int, **changes: object) -> TrainConfig:
    """What suits the MLPs on grey pixels."""
    return replace(TrainConfig(epochs=epochs, precision="bf16"), **changes)


def binary(epochs: int, **changes: object) -> TrainConfig:
    """What suits the MLPs on binary pixels: a fresh draw each step, cosine decay, averaging."""
    settings = TrainConfig(
        epochs=epochs, decay="cosine", binarisation="dynamic", ema=0.999, precision="bf16"
    )
    return replace(settings, **changes)


def residual(epochs: int, beta: float = 1.0, **changes: object) -> TrainConfig:
    """What suits the residual nets: the same, warmed up, clipped and compiled."""
    settings = {
        "learning_rate": 2e-3,
        "learning_rate_warmup": 500,
        "beta": BetaConfig(kind="linear", start=0.2 * beta, final=beta, warmup_steps=1600),
        "clip_norm": 200.0,
        "compile": True,
    }
    return binary(epochs, **{**settings, **changes})


def conv(name: str, title: str, latent_dim: int, train: TrainConfig, **changes: object) -> Config:
    """A VAE with small residual nets."""
    net = NetConfig(kind="conv", hidden_dims=(16, 32, 64))
    given = Config(name=name, title=title, latent_dim=latent_dim, net=net, train=train)
    return replace(given, **changes)
