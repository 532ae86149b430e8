"""One picture's way through a model, part by part, as `elbo.measure` computes its costs."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.data.digits import binarise
from vae_core.evaluation.activations import Layer, hidden, recorded
from vae_core.evaluation.elbo import is_binary
from vae_core.models import Model
from vae_core.nets import PIXELS
from vae_core.probability.latents import DiagonalGaussian
from vae_core.probability.likelihoods.pixelcnn import Autoregressive
from vae_core.probability.protocols import PixelDistribution

STREAM = 3
"""Of the seeded noise: that of `elbo`."""


@dataclass(frozen=True, kw_only=True)
class Rate:
    """What the code costs at one draw, in nats.

    Attributes:
        kl: KL(q || p) for each latent (d,), exact; None where the prior does not factorise.
        log_q, log_prior: log-densities of the draw.
        total: the sum of `kl`, else log_q - log_prior, an estimate from this one draw.
    """

    kl: Tensor | None
    log_q: float
    log_prior: float
    total: float


@dataclass(frozen=True, kw_only=True)
class ForwardPass:
    """All parts of the way, each without a batch dimension.

    Attributes:
        x: (1, 28, 28), the pixels as the model trains on them.
        encoder, decoder: what their hidden layers gave.
        mean: (d,), of q(z|x), or the code of a deterministic model.
        logvar, eps: (d,); None for a deterministic model.
        z: (d,), what is decoded.
        base: (d,), the noise that a flow prior makes z of; None for other priors.
        out: (channels, 28, 28), what the decoder gives.
        pixels: (1, 28, 28), the mean of p(x|z); of a model that draws its pixels one by one, the
            probabilities of white after the pixels of x before each.
        formula: -log p of one pixel, in x and the symbols of `parameters`.
        parameters: each (1, 28, 28) or a single number.
        log_probs: (28, 28), each pixel's share of log p(x|z).
        distortion: minus the sum of `log_probs`.
        rate: None for a deterministic model.
    """

    x: Tensor
    encoder: list[Layer]
    mean: Tensor
    logvar: Tensor | None
    eps: Tensor | None
    z: Tensor
    base: Tensor | None
    decoder: list[Layer]
    out: Tensor
    pixels: Tensor
    formula: str
    parameters: Mapping[str, Tensor]
    log_probs: Tensor
    distortion: float
    rate: Rate | None


def shown(model: Model, grey: Tensor) -> Tensor:
    """Pictures (b, 1, 28, 28) as the model trains on them: of seed 0, where they are drawn."""
    noise = runtime.generator("cpu", 0, STREAM)
    return binarise(grey.cpu(), noise).to(grey.device) if is_binary(model) else grey


def noise_of(model: Model, grey: Tensor, seed: int) -> Tensor:
    """The eps (b, latent_dim) that `elbo` draws for pictures (b, 1, 28, 28) with this seed."""
    noise = runtime.generator("cpu", seed, STREAM)
    if is_binary(model):
        binarise(grey.cpu(), noise)  # the numbers before it
    return torch.randn(len(grey), model.latent_dim, generator=noise).to(grey.device)


def forward_pass(model: Model, x: Tensor, eps: Tensor, y: Tensor | None = None) -> ForwardPass:
    """The way of one picture through a copy of the model, so that nobody else's hooks are met.

    Args:
        model: in evaluation mode.
        x: (1, 1, 28, 28), pixels as the model trains on them; see `shown`.
        eps: (1, latent_dim), standard normal noise of the draw.
        y: the label (1,), for a conditional model.
    """
    own = copy.deepcopy(model)
    label = y if own.config.conditional else None
    with recorded(own.encoder) as encoder:
        q = own.encode(x, label)
    z = q.at(eps)
    outs: list[Tensor] = []
    own.decoder.register_forward_hook(lambda _, __, out: outs.append(out[0]))
    with recorded(own.decoder) as decoder:
        p = own.decode(z, label)
    log_probs = p.log_probs(x)[0, 0]
    parameters, pixels = _parameters(p, x)
    variational = isinstance(q, DiagonalGaussian)
    given = 2 * PIXELS if label is not None else PIXELS
    return ForwardPass(
        x=x[0],
        encoder=hidden(encoder, given, own.latent_dim * (2 if variational else 1)),
        mean=q.mean[0],
        logvar=q.logvar[0] if variational else None,
        eps=eps[0] if variational else None,
        z=z[0],
        base=own.to_sliders(z)[0] if own.config.prior == "flow" else None,
        decoder=hidden(decoder, 0, outs[0].numel()),
        out=outs[0].float(),
        pixels=pixels,
        formula=getattr(p, "formula", ""),
        parameters=parameters,
        log_probs=log_probs,
        distortion=-p.log_prob(x).item(),
        rate=_rate(own, q, z, label) if variational else None,
    )


def _parameters(p: PixelDistribution, x: Tensor) -> tuple[dict[str, Tensor], Tensor]:
    """The parameters of each pixel's distribution, and the pixels' means, (1, 28, 28)."""
    given = p.parameters(x)
    found = {name: value[0] if value.dim() else value for name, value in given.items()}
    if isinstance(p, Autoregressive):
        return found, torch.sigmoid(found["l"])
    return found, p.mean[0]


def _rate(model: Model, q: DiagonalGaussian, z: Tensor, y: Tensor | None) -> Rate:
    log_q, log_prior = q.log_prob(z).item(), model.log_prior(z, y).item()
    if not model.prior.factorises:
        return Rate(kl=None, log_q=log_q, log_prior=log_prior, total=log_q - log_prior)
    kl = q.kl()[0]
    return Rate(kl=kl, log_q=log_q, log_prior=log_prior, total=kl.sum().item())
