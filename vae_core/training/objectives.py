"""What training minimises: pure functions of a model and a batch, per-example terms in nats."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.models import VAE, Autoencoder, QuantisedAutoencoder
from vae_core.probability.latents import DiagonalGaussian
from vae_core.training import distributed
from vae_core.training.penalties import contraction, sparsity
from vae_core.training.total_correlation import total_correlation


@dataclass(frozen=True)
class Batch:
    """What a step is given.

    Attributes:
        x: (b, 1, 28, 28) in [0, 1], what is to be said.
        seen: the same shape, what the encoder is shown; x itself unless corrupted.
        y: labels (b,), -1 where unknown; None for models that are not conditional.
        eps: standard normal noise, (b, latent_dim), or (k, b, latent_dim) for k samples.
        offset: where the lots of each picture begin, (b,), uniform in [0, 1); None where all of
            the k samples are passed back (`weighted_draws`).
    """

    x: Tensor
    seen: Tensor
    y: Tensor | None
    eps: Tensor
    offset: Tensor | None = None


@dataclass(frozen=True)
class Terms:
    """The halves of the negative ELBO and the loss of each example, (b,), in nats an image."""

    distortion: Tensor
    rate: Tensor
    loss: Tensor


def terms(model: VAE | Autoencoder, batch: Batch, beta: float | Tensor = 1.0) -> Terms:
    """The terms of the objective that the model's config names."""
    if isinstance(model, QuantisedAutoencoder):
        return quantised_terms(model, batch.x, batch.seen)
    if isinstance(model, Autoencoder):
        return reconstruction_terms(model, batch.x, batch.seen, batch.eps)
    if model.config.objective == "iwae":
        return iwae_terms(model, batch.x, batch.eps, batch.y)
    return elbo_terms(model, batch.x, batch.eps, batch.y, beta=beta)


def elbo_terms(
    model: VAE, x: Tensor, eps: Tensor, y: Tensor | None = None, *, beta: float | Tensor = 1.0
) -> Terms:
    """Distortion -log p(x|z) at one posterior draw, and rate KL(q(z|x) || p(z)).

    The loss is distortion + beta * rate (Higgins et al., 2017, for beta != 1), where free bits
    (Kingma et al., 2016) charge each latent no less than `free_bits` nats, batch mean by batch
    mean, so that it gains nothing by saying less. What the latents say of one another has a weight
    of its own within the rate (Chen et al., 2018), where that is not 1.

    Args:
        model: the VAE.
        x: (b, 1, 28, 28) in [0, 1].
        eps: (b, latent_dim), standard normal noise: z = mean + exp(logvar / 2) * eps.
        y: labels (b,) for a conditional model.
        beta: the weight of the rate.
    """
    q = model.encode(x, y)
    z = q.at(eps)
    distortion = -model.decode(z, y).log_prob(x)
    free, weight = model.config.free_bits, model.config.total_correlation
    if model.prior.factorises:
        kl = q.kl()
        rate = kl.sum(-1)
        charge = rate if not free else rate + (free - _batch_mean(kl)).clamp(min=0).sum()
    else:
        charge = rate = q.log_prob(z) - model.log_prior(z, y)
    if weight != 1:
        charge = charge + (weight - 1) * total_correlation(q, z)
    return Terms(distortion, rate, distortion + beta * charge)


def _batch_mean(kl: Tensor) -> Tensor:
    """The mean of kl (b, d) over the whole batch, of which other processes may hold a part."""
    if distributed.size() == 1:
        return kl.mean(0)
    # Left out of compiled graphs by a decorator that hides the function's type.
    return cast(Callable[[Tensor], Tensor], distributed.batch_mean)(kl)


def iwae_terms(model: VAE, x: Tensor, eps: Tensor, y: Tensor | None = None) -> Terms:
    """The importance-weighted bound log 1/k sum_k p(x, z_k) / q(z_k|x) (Burda et al., 2015).

    Its gradient is the doubly reparameterised one (Tucker et al., 2019): the decoder's terms are
    weighted by the normalised weights w, the encoder's by w^2, and the score of q is left out,
    whose mean is zero and whose noise drowns the encoder's gradient as k grows.

    Args:
        model: the VAE.
        x: (b, 1, 28, 28) in [0, 1].
        eps: (k, b, latent_dim), standard normal noise.
        y: labels (b,) for a conditional model.

    Returns:
        Distortion and rate as means over the k draws; the loss is minus the bound.
    """
    q = model.encode(x, y)
    z = q.at(eps)
    # The path through z alone: q's own parameters are held fixed in log q.
    fixed = DiagonalGaussian(q.mean.detach(), q.logvar.detach())
    labels = None if y is None else y.expand(z.shape[:-1])
    distortion = -model.decode(z, labels).log_prob(x)
    rate = fixed.log_prob(z) - model.log_prior(z, labels)
    log_weights = -distortion - rate
    weights = torch.softmax(log_weights.detach(), 0)
    if z.requires_grad:
        runtime.on_gradient(z, lambda gradient: gradient * weights.unsqueeze(-1))
    bound = torch.logsumexp(log_weights, 0) - math.log(len(eps))
    return Terms(distortion.mean(0), rate.mean(0), -bound)


def reconstruction_terms(model: Autoencoder, x: Tensor, seen: Tensor, noise: Tensor) -> Terms:
    """The reconstruction's error of x from what was seen, and the penalties of the config.

    Args:
        model: the autoencoder.
        x: (b, 1, 28, 28) in [0, 1], what is asked for.
        seen: the same shape, what is shown: a corrupted x when denoising (Vincent et al., 2010).
        noise: (b, latent_dim), standard normal, for the estimate of the contractive penalty.

    Returns:
        Distortion -log p(x|z); a rate of zero; the loss with the penalties.
    """
    config = model.config
    activations = model.activations(seen) if config.sparsity else [model.encode(seen).mean]
    distortion = -model.decode(activations[-1]).log_prob(x)
    loss = distortion
    if config.sparsity:
        loss = loss + sparsity(config.sparsity, activations)
    if config.contraction:
        loss = loss + config.contraction * contraction(model, seen, noise)
    return Terms(distortion, torch.zeros_like(distortion), loss)


def quantised_terms(model: QuantisedAutoencoder, x: Tensor, seen: Tensor) -> Terms:
    """Distortion and rate of the grid that the encoder chooses (van den Oord et al., 2017).

    Gradients pass straight through the choice to the encoder; the entries chosen are pulled to the
    codes, and the codes, by the config's `commitment`, to the entries. The prior learns the grids
    while they are learned: none of its gradients reaches the nets, for a choice has none.

    Args:
        model: the autoencoder with its codebook.
        x: (b, 1, 28, 28) in [0, 1], what is asked for.
        seen: the same shape, what is shown.
    """
    z, prior = model.encode(seen).mean, model.codebook
    entries = prior.nearest(z)
    distortion = -model.decode(z).log_prob(x)
    rate = -prior.log_prob_of(entries)
    codes = prior.at(entries)
    pull = (codes - z.detach()).square().sum(-1)
    commitment = (z - codes.detach()).square().sum(-1)
    loss = distortion + rate + pull + model.config.code.commitment * commitment
    return Terms(distortion, rate, loss)
