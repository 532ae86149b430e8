"""FashionMNIST: the narrow nets and the stages of `vae-conv-elbo` and `vae-flow-5`."""

from __future__ import annotations

from dataclasses import replace

from vae_core.config import Config, NetConfig, TrainConfig
from vae_core.recipes.registry import binary, conv, recipe, residual

START = "fashion-vae-conv-elbo"


def _fashion(name: str, title: str, train: TrainConfig, **changes: object) -> Config:
    net = NetConfig(kind="conv", hidden_dims=(16, 64, 96), decoder_dims=(16, 32, 64))
    made = conv(name, title, 32, train, net=net, **changes)
    return replace(made, dataset="fashion-mnist")


def _tightened(name: str, title: str, epochs: int, **changes: object) -> Config:
    """The second stage, by a bound of five importance samples."""
    steps = {"learning_rate": 1e-3, "learning_rate_warmup": 200, "clip_norm": 200.0}
    train = binary(epochs, compile=True, starts_from=START, batch_size=256, **steps)
    return _fashion(name, title, train, objective="iwae", samples=5, **changes)


@recipe
def fashion_vae_conv_elbo() -> Config:
    """Where both begin."""
    return _fashion(START, "FashionMNIST by the plain ELBO", residual(30, batch_size=256))


@recipe
def fashion_vae_conv() -> Config:
    return _tightened("fashion-vae-conv", "Clothes by residual convolutions, 32 latents", 20)


@recipe
def fashion_vae_flow() -> Config:
    title = "Clothes with a flow for a prior"
    return _tightened("fashion-vae-flow", title, 24, prior="flow")
