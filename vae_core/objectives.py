"""What training minimises: pure functions of a model and a batch, per-example terms in nats."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from vae_core.models import VAE


@dataclass(frozen=True)
class Terms:
    """The two halves of the negative ELBO, each (b,), in nats an image."""

    distortion: Tensor
    rate: Tensor

    def loss(self, beta: float | Tensor = 1.0) -> Tensor:
        """mean(distortion + beta * rate), a scalar (Higgins et al., 2017, for beta != 1)."""
        return (self.distortion + beta * self.rate).mean()


def elbo_terms(model: VAE, x: Tensor, generator: torch.Generator | None = None) -> Terms:
    """Distortion -log p(x|z) at one posterior draw, and rate KL(q(z|x) || p(z)).

    Args:
        x: (b, 1, 28, 28) in [0, 1].
        generator: draws eps.
    """
    q = model.encode(x)
    z = q.sample(generator)
    return Terms(distortion=-model.decode(z).log_prob(x), rate=q.kl().sum(-1))
