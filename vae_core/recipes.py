"""The named runs: each function returns the config of one model of the family."""

from __future__ import annotations

from collections.abc import Callable

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


def _residual(epochs: int) -> TrainConfig:
    """What suits the residual nets: fresh binarisation, cosine decay, averaged weights."""
    return TrainConfig(
        epochs=epochs,
        learning_rate=2e-3,
        learning_rate_warmup=500,
        decay="cosine",
        beta=BetaConfig(kind="linear", start=0.2, final=1.0, warmup_steps=1600),
        binarisation="dynamic",
        ema=0.999,
        clip_norm=200.0,
        precision="bf16",
        compile=True,
    )


@recipe
def vae_128() -> Config:
    return Config(
        name="vae-128",
        title="One hidden layer of 128",
        net=NetConfig(hidden_dims=(128,)),
        train=TrainConfig(epochs=10),
    )


@recipe
def vae_128_64() -> Config:
    return Config(
        name="vae-128-64",
        title="Two hidden layers, 128 and 64",
        net=NetConfig(hidden_dims=(128, 64)),
        train=TrainConfig(epochs=10),
    )


@recipe
def vae_400() -> Config:
    """The net of the PyTorch examples: 784-400-20-400-784, ten epochs on grey pixels."""
    return Config(
        name="vae-400",
        title="The classic: one hidden layer of 400",
        net=NetConfig(hidden_dims=(400,)),
        train=TrainConfig(epochs=10, precision="bf16"),
    )


@recipe
def vae_2d() -> Config:
    return Config(
        name="vae-2d",
        title="Two latents: the map itself",
        latent_dim=2,
        net=NetConfig(kind="conv", hidden_dims=(16, 32, 64)),
        train=_residual(epochs=12),
    )


@recipe
def vae_conv() -> Config:
    return Config(
        name="vae-conv",
        title="Residual convolutions, 32 latents",
        latent_dim=32,
        net=NetConfig(kind="conv", hidden_dims=(16, 64, 96), decoder_dims=(16, 32, 64)),
        train=_residual(epochs=45),
    )
