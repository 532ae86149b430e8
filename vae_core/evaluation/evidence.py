"""log p(x) of one picture, the bound below it, and the gap between them, each with its error."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.evaluation.importance import CHUNK, log_weights
from vae_core.models import VAE

NAIVE_SEED, SEED = 6, 7


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A figure in nats and its standard error over the draws."""

    value: float
    error: float


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """The terms of log p(x) = ELBO + KL(q(z|x) || p(z|x)), from `draws` draws.

    Attributes:
        naive: log of the mean of p(x|z) over draws of the prior.
        log_p: log of the mean of p(x, z) / q(z|x) over draws of q: importance sampling.
        elbo: the mean of log p(x, z) / q(z|x) over the same draws.
        distortion, rate: its halves; the rate's error is 0 where it is exact.
        gap: log_p - elbo.
        effective: how many draws of equal weight would know as much: (sum w)^2 / sum w^2.
    """

    draws: int
    naive: Estimate
    log_p: Estimate
    elbo: Estimate
    distortion: Estimate
    rate: Estimate
    gap: Estimate
    effective: float


def evidence(
    model: VAE, x: Tensor, draws: int, *, seed: int = 0, y: Tensor | None = None
) -> Evidence:
    """The terms for one picture.

    Args:
        model: in evaluation mode.
        x: (1, 1, 28, 28), pixels as the model trains on them.
        draws: K, 2 or more.
        seed: of the draws.
        y: the label (1,) of a conditional model: all is then given that label.

    Raises:
        ValueError: `draws` is less than 2.
    """
    if draws < 2:
        raise ValueError(f"draws is {draws}; it must be 2 or more.")
    label = y if model.config.conditional else None
    q = model.encode(x, label)
    eps = _noise(model, draws, seed, SEED).to(x.device)
    parts = [
        log_weights(model, x, q.mean, q.logvar, some, label) for some in runtime.pieces(eps, CHUNK)
    ]
    weights = torch.cat(parts).double()
    z = q.at(eps)
    density = (q.log_prob(z) - model.log_prior(z, _labels(label, draws))).double()
    exact = q.kl().sum().item() if model.prior.factorises else None
    normalised = torch.softmax(weights, 0)
    return Evidence(
        draws=draws,
        naive=log_mean(naive(model, x, draws, seed, label)),
        log_p=log_mean(weights),
        elbo=mean(weights),
        distortion=mean(-weights - density),
        rate=mean(density) if exact is None else Estimate(value=exact, error=0.0),
        gap=gap(weights),
        effective=1 / normalised.square().sum().item(),
    )


def mean(values: Tensor) -> Estimate:
    """The mean of values (n,) and its standard error."""
    return Estimate(value=values.mean().item(), error=values.std().item() / len(values) ** 0.5)


def log_mean(logs: Tensor) -> Estimate:
    """The log of the mean of exp(logs), logs (n,), and its standard error by the delta method."""
    shares = torch.softmax(logs, 0) * len(logs)
    value = torch.logsumexp(logs, 0).item() - math.log(len(logs))
    return Estimate(value=value, error=shares.std().item() / len(logs) ** 0.5)


def gap(weights: Tensor) -> Estimate:
    """log mean w - mean log w of log-weights (n,), whose errors move together."""
    shares = torch.softmax(weights, 0) * len(weights)
    value = torch.logsumexp(weights, 0).item() - math.log(len(weights)) - weights.mean().item()
    return Estimate(value=value, error=(shares - weights).std().item() / len(weights) ** 0.5)


def naive(model: VAE, x: Tensor, draws: int, seed: int, label: Tensor | None) -> Tensor:
    """log p(x|z) at draws of the prior, (draws,), in nats."""
    y = _prior_labels(model, draws, label)
    z, _ = model.draw(draws, generator=runtime.generator("cpu", seed, NAIVE_SEED), y=y)
    parts = [
        model.decode(some, _labels(label, len(some))).log_prob(x)
        for some in runtime.pieces(z, CHUNK)
    ]
    return torch.cat(parts).double()


def _prior_labels(model: VAE, draws: int, label: Tensor | None) -> Tensor | None:
    """A labelled prior is a mixture: its draws take the ten labels in turn."""
    if not model.config.labelled_prior:
        return _labels(label, draws)
    return torch.arange(draws, device=next(model.parameters()).device) % 10


def _labels(label: Tensor | None, count: int) -> Tensor | None:
    return None if label is None else label.expand(count)


def _noise(model: VAE, draws: int, seed: int, stream: int) -> Tensor:
    return torch.randn(draws, model.latent_dim, generator=runtime.generator("cpu", seed, stream))
