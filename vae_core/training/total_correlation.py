"""What the latents say of one another, from a batch (Chen et al., 2018)."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from vae_core.probability.latents import LOG_TWO_PI, DiagonalGaussian
from vae_core.probability.shapes import Float


def total_correlation(q: DiagonalGaussian, z: Float[Tensor, "b d"]) -> Float[Tensor, " b"]:
    """log q(z) - sum_i log q(z_i) at draws z of q, q(z) being the batch's mean posterior, in nats.

    Minibatch-weighted sampling: the paper's estimate, whose weights 1 / (digits * batch) are here
    1 / batch. They shift it by a constant, so that its gradient is the same, and leave a quantity
    of its own: the total correlation of the b codes at hand. It knows of no pair in which one
    digit lies in another process's part of a batch.

    Args:
        q: the posteriors of b pictures in d dimensions.
        z: a draw of each.
    """
    log_probs = pairwise_log_probs(q, z)
    joint = log_probs.sum(-1).logsumexp(1)
    product = log_probs.logsumexp(1).sum(-1)
    return joint - product + (z.shape[-1] - 1) * math.log(len(z))


def pairwise_log_probs(q: DiagonalGaussian, z: Float[Tensor, "n d"]) -> Float[Tensor, "n b d"]:
    """Log-density of each dimension of draws z (n, d) under each of the b posteriors, (n, b, d)."""
    standard = (z.unsqueeze(1) - q.mean) * torch.exp(-0.5 * q.logvar)
    return -0.5 * (standard**2 + q.logvar + LOG_TWO_PI)
