"""What training minimises: pure functions of a model and a batch, per-example terms in nats."""

from __future__ import annotations

from dataclasses import dataclass

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


def elbo_terms(model: VAE, x: Tensor, eps: Tensor) -> Terms:
    """Distortion -log p(x|z) at one posterior draw, and rate KL(q(z|x) || p(z)).

    Args:
        model: the VAE.
        x: (b, 1, 28, 28) in [0, 1].
        eps: (b, latent_dim), standard normal noise: z = mean + exp(logvar / 2) * eps.
    """
    q = model.encode(x)
    return Terms(distortion=-model.decode(q.at(eps)).log_prob(x), rate=q.kl().sum(-1))
