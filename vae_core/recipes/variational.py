"""The variational family: one VAE, several nets, likelihoods, bounds and schedules."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, TypedDict

from vae_core.config import BetaConfig, Config, NetConfig, TrainConfig
from vae_core.recipes.registry import binary, conv, grey, recipe, residual


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


def _vae_400(name: str, title: str, **changes: object) -> Config:
    """The net of the PyTorch examples: 784-400-20-400-784, ten epochs on grey pixels."""
    return replace(Config(name=name, title=title, net=NetConfig(), train=grey(10)), **changes)


@recipe
def vae_400() -> Config:
    title = "The classic: one hidden layer of 400"
    return _vae_400("vae-400", title, train=grey(10, fused=True))


@recipe
def vae_gaussian() -> Config:
    title = "Gaussian pixels of fixed width: squared error"
    return _vae_400("vae-gaussian", title, likelihood="gaussian", scale=0.15)


@recipe
def vae_gaussian_learned() -> Config:
    title = "Gaussian pixels of learned width"
    return _vae_400("vae-gaussian-learned", title, likelihood="gaussian-learned", scale=0.3)


@recipe
def vae_laplace() -> Config:
    title = "Laplace pixels: absolute error"
    return _vae_400("vae-laplace", title, likelihood="laplace", scale=0.1)


@recipe
def vae_logistic() -> Config:
    title = "256 grey levels: discretized logistic"
    train = residual(20, binarisation="none")
    return conv("vae-logistic", title, 20, train, likelihood="discretized-logistic")


@recipe
def beta_vae() -> Config:
    return conv("beta-vae", "Beta 4: fewer, cleaner factors", 10, residual(12, beta=4.0))


@recipe
def vae_beta_1() -> Config:
    return conv("vae-beta-1", "Beta 1: the ELBO itself", 10, residual(12))


@recipe
def vae_tc() -> Config:
    """The run of `vae-beta-1` but for one weight."""
    title = "Beta 6 on what the latents say of one another"
    return conv("vae-tc", title, 10, residual(12), total_correlation=6.0)


@recipe
def vae_beta_half() -> Config:
    return conv("vae-beta-half", "Beta 0.5: sharper pictures", 10, residual(12, beta=0.5))


def _collapsing(name: str, title: str, beta: BetaConfig, free_bits: float = 0.0) -> Config:
    """A deep decoder that learns to do without most of z before the encoder has much to say."""
    return Config(
        name=name,
        title=title,
        latent_dim=50,
        net=NetConfig(hidden_dims=(200, 200, 200)),
        free_bits=free_bits,
        train=binary(10, beta=beta),
    )


@recipe
def vae_collapsed() -> Config:
    return _collapsing("vae-collapsed", "Most latents collapsed", BetaConfig())


@recipe
def vae_annealed() -> Config:
    beta = BetaConfig(kind="linear", warmup_steps=2340)
    return _collapsing("vae-annealed", "Against collapse: beta from 0 to 1", beta)


@recipe
def vae_cyclical() -> Config:
    title = "Against collapse: beta in cycles"
    return _collapsing("vae-cyclical", title, BetaConfig(kind="cyclical"))


@recipe
def vae_freebits() -> Config:
    title = "Against collapse: a tenth of a nat free"
    return _collapsing("vae-freebits", title, BetaConfig(), free_bits=0.1)


@recipe
def vae_pixelcnn() -> Config:
    """Free bits and a decoder that sees seven pixels far leave the digit's shape to z."""
    title = "Pixel by pixel: a gated PixelCNN given z"
    return conv("vae-pixelcnn", title, 16, residual(12), likelihood="pixelcnn", free_bits=0.25)


@recipe
def vae_2d() -> Config:
    return conv("vae-2d", "Two latents: the map itself", 2, residual(12))


@recipe
def vae_conditional() -> Config:
    title = "The same handwriting, another digit"
    return conv("vae-conditional", title, 10, residual(20), conditional=True)


def _burda(
    name: str, title: str, epochs: int = 30, *, starts_from: str | None = None, **changes: object
) -> Config:
    """The one-layer model of Burda et al. (2015): 784-200-200-50 and back."""
    net = NetConfig(hidden_dims=(200, 200), activation="tanh")
    rates = {"learning_rate": 3e-3, "learning_rate_warmup": 500}
    train = binary(epochs, batch_size=100, fused=True, starts_from=starts_from, **rates)
    given = Config(name=name, title=title, latent_dim=50, net=net, train=train)
    return replace(given, **changes)


@recipe
def vae_burda() -> Config:
    return _burda("vae-burda", "Two layers of 200, 50 latents, ELBO")


@recipe
def iwae_5() -> Config:
    return _burda("iwae-5", "The same, 5 importance samples", objective="iwae", samples=5)


@recipe
def iwae_50() -> Config:
    return _burda("iwae-50", "The same, 50 importance samples", objective="iwae", samples=50)


@recipe
def vae_vamp() -> Config:
    """The run of `vae-burda` once more, from its end: from fresh weights it collapses."""
    title = "A mixture for a prior: 500 pictures that it learns"
    mixture = {"prior": "vamp", "pseudo_inputs": 500}
    return _burda("vae-vamp", title, 21, starts_from="vae-burda", **mixture)


def _narrow(
    name: str, title: str, latent_dim: int, train: TrainConfig, **changes: object
) -> Config:
    """The smaller residual nets: a wider encoder, a decoder that answers in a millisecond."""
    net = NetConfig(kind="conv", hidden_dims=(16, 64, 96), decoder_dims=(16, 32, 64))
    return conv(name, title, latent_dim, train, net=net, **changes)


def _wide(name: str, title: str, train: TrainConfig, **changes: object) -> Config:
    """Deeper and wider nets, the decoder only as far as a drag allows."""
    net = NetConfig(
        kind="conv",
        hidden_dims=(32, 96, 128),
        decoder_dims=(32, 64, 96),
        blocks=2,
        decoder_blocks=1,
    )
    return conv(name, title, 32, train, net=net, **changes)


@recipe
def vae_conv_elbo() -> Config:
    """Where those of 16 and 10 latents and `vae-flow` begin."""
    return _narrow("vae-conv-elbo", "Residual convolutions by the plain ELBO", 32, residual(45))


class Stage(TypedDict):
    """A later stage of training."""

    train: TrainConfig
    objective: Literal["iwae"]
    samples: int


def _tightened(epochs: int, starts_from: str, samples: int = 5, **changes: object) -> Stage:
    """A later stage of training, by a bound of several importance samples."""
    steps = {"learning_rate": 1e-3, "learning_rate_warmup": 200, "clip_norm": 200.0, **changes}
    train = binary(epochs, compile=True, starts_from=starts_from, **steps)
    return {"train": train, "objective": "iwae", "samples": samples}


@recipe
def vae_wide() -> Config:
    """Where the two best begin."""
    title = "Wide residual convolutions by the plain ELBO"
    return _wide("vae-wide", title, residual(34, batch_size=256))


@recipe
def vae_conv_5() -> Config:
    title = "Residual convolutions, before their last stage"
    return _wide("vae-conv-5", title, **_tightened(81, "vae-wide", batch_size=256))


@recipe
def vae_conv() -> Config:
    changes = {"samples": 32, "learning_rate": 3e-4, "batch_size": 256}
    stage = _tightened(10, "vae-conv-5", **changes)
    return _wide("vae-conv", "Residual convolutions, 32 latents", **stage)


def _smaller(name: str, title: str, latent_dim: int, epochs: int, beta: float = 1.0) -> Config:
    """All but the two layers around z begins as in `vae-conv-elbo`: fewer epochs will do."""
    return _narrow(name, title, latent_dim, residual(epochs, beta, starts_from="vae-conv-elbo"))


@recipe
def vae_conv_16() -> Config:
    return _smaller("vae-conv-16", "Residual convolutions, 16 latents", 16, 24)


@recipe
def vae_conv_10_beta() -> Config:
    """A small weight on the rate parts the classes, and the bound after it keeps them parted."""
    title = "10 latents at beta 0.25, before its last stage"
    return _smaller("vae-conv-10-beta", title, 10, 22, beta=0.25)


@recipe
def vae_conv_10() -> Config:
    train = _tightened(5, "vae-conv-10-beta", learning_rate=5e-4)
    return _narrow("vae-conv-10", "Residual convolutions, 10 latents", 10, **train)


@recipe
def vae_flow_5() -> Config:
    """The standard normal prior of `vae-conv-elbo` is how the flow begins."""
    title = "A flow for a prior, before its last stage"
    return _narrow("vae-flow-5", title, 32, prior="flow", **_tightened(64, "vae-conv-elbo"))


@recipe
def vae_flow() -> Config:
    title = "A flow for a prior: noise shaped into codes"
    stage = _tightened(6, "vae-flow-5", samples=16, learning_rate=3e-4)
    return _narrow("vae-flow", title, 32, prior="flow", **stage)


def _labelled(
    name: str, title: str, epochs: int, starts_from: str, samples: int = 5, **changes: object
) -> Config:
    """A flow prior that is given the label; encoder and decoder are not."""
    stage = _tightened(epochs, starts_from, samples, batch_size=256, **changes)
    return _wide(name, title, prior="flow", labelled_prior=True, **stage)


@recipe
def vae_flow_digits_5() -> Config:
    title = "A flow for each digit, by 5 importance samples"
    return _labelled("vae-flow-digits-5", title, 45, "vae-wide", learning_rate=2e-3)


@recipe
def vae_flow_digits_16() -> Config:
    title = "A flow for each digit, by 16 importance samples"
    start = "vae-flow-digits-5"
    return _labelled("vae-flow-digits-16", title, 7, start, samples=16, learning_rate=3e-4)


@recipe
def vae_flow_digits() -> Config:
    title = "A flow for each digit: style apart from class"
    changes = {"samples": 48, "learning_rate": 5e-4}
    return _labelled("vae-flow-digits", title, 18, "vae-flow-digits-16", **changes)
