"""How far the codes of all digits together lie from the prior: why draws fail (Hoffman and
Johnson, 2016).

The rate of a digit is what its code tells of it, I(x; z), and what no digit needs: KL(q(z) || p(z))
of the aggregate posterior q(z), the mean of q(z|x) over the digits. Draws from the prior go where
that is large: places that no digit has a code in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.data.digits import Digits
from vae_core.models import VAE
from vae_core.probability.latents import LOG_TWO_PI, DiagonalGaussian
from vae_core.probability.shapes import Float

DRAWS = 2000
"""Codes that the averages are over; their standard error is given."""

ROWS = 100


@dataclass(frozen=True, kw_only=True)
class Split:
    """The mean rate in nats and its two parts, with the standard error of the gap over draws.

    `information` cannot exceed log n of n digits: where it comes near, it is a floor, and `gap`
    a ceiling.
    """

    rate: float
    information: float
    gap: float
    gap_sem: float


def split_rate(
    model: VAE,
    digits: Digits,
    *,
    draws: int = DRAWS,
    seed: int = 0,
    device: torch.device | str = "cpu",
) -> Split:
    """Monte Carlo over posterior draws, log q(z) summed over all the digits exactly.

    Args:
        model: in evaluation mode, on `device`.
        digits: whose posteriors make the aggregate.
        draws: codes that are averaged over, at most one a digit.
        seed: of the draws.
        device: where to compute.
    """
    mean, logvar = posteriors(model, digits, torch.device(device))
    return split(model, mean, logvar, draws=draws, seed=seed)


def split(model: VAE, mean: Tensor, logvar: Tensor, *, draws: int, seed: int = 0) -> Split:
    """As `split_rate`, of posteriors (n, d) that are known already, in double precision."""
    noise = runtime.generator("cpu", seed, 10)
    rows = torch.randperm(len(mean), generator=noise)[: min(draws, len(mean))]
    eps = torch.randn(len(rows), mean.shape[1], generator=noise).to(mean.device)
    z = mean[rows] + (logvar[rows] / 2).exp() * eps
    own = -0.5 * (eps**2 + logvar[rows] + LOG_TWO_PI).sum(-1)
    with runtime.eval_mode(model):
        prior = torch.cat([model.log_prior(part) for part in runtime.pieces(z.float(), 1000)])
    gaps = aggregate_log_prob(z, mean, logvar) - prior.double()
    rate = float((own - prior).double().mean())
    gap = float(gaps.double().mean())
    return Split(
        rate=rate,
        information=rate - gap,
        gap=gap,
        gap_sem=float(gaps.std()) / math.sqrt(len(gaps)),
    )


def aggregate_log_prob(
    z: Float[Tensor, "m d"], mean: Float[Tensor, "n d"], logvar: Float[Tensor, "n d"]
) -> Float[Tensor, " m"]:
    """log 1/n sum_i N(z; mean_i, exp(logvar_i)) of z (m, d) for n Gaussians (n, d), (m,)."""
    precision = (-logvar).exp()
    constant = (mean**2 * precision + logvar + LOG_TWO_PI).sum(-1)
    parts = [
        -0.5 * (part**2 @ precision.T - 2 * part @ (mean * precision).T + constant)
        for part in runtime.pieces(z.double(), ROWS)
    ]
    return torch.cat([part.logsumexp(1) for part in parts]) - math.log(len(mean))


def posteriors(model: VAE, digits: Digits, device: torch.device) -> tuple[Tensor, Tensor]:
    """Means and log-variances (n, d) of all the digits, in double precision.

    A conditional model takes the labels, as for its rate.
    """
    parts: list[DiagonalGaussian] = []
    with runtime.eval_mode(model):
        for start in range(0, len(digits), 1000):
            rows = slice(start, start + 1000)
            y = digits.labels[rows].to(device) if model.config.conditional else None
            parts.append(model.encode(digits.floats(rows).to(device), y))
    means = torch.cat([q.mean for q in parts]).double()
    return means, torch.cat([q.logvar for q in parts]).double()
