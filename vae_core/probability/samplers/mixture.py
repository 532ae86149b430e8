"""A mixture of Gaussians over codes, fitted after training: the simplest better prior."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn

from vae_core.probability.shapes import Float


class MixtureSampler(nn.Module):
    """sum_k w_k N(mean_k, L_k L_k^T) over codes of `dim` numbers, `components` of them.

    A plain autoencoder has no prior, and a VAE's is not where its codes lie; draws from this
    mixture show what a better prior alone does.
    """

    weights: Tensor
    means: Tensor
    factors: Tensor

    def __init__(self, dim: int, components: int) -> None:
        super().__init__()
        self.dim, self.components = dim, components
        self.register_buffer("weights", torch.full((components,), 1 / components))
        self.register_buffer("means", torch.zeros(components, dim))
        self.register_buffer("factors", torch.eye(dim).repeat(components, 1, 1))

    @property
    def takes_labels(self) -> bool:
        """Whether draws may be asked for by label: never."""
        return False

    def settings(self) -> dict[str, int]:
        """What the constructor needs to build it again."""
        return {"dim": self.dim, "components": self.components}

    def sample(self, n: int, *, generator: torch.Generator) -> Float[Tensor, "{n} {self.dim}"]:
        """Codes (n, dim), the generator's noise drawn on the CPU."""
        which = torch.multinomial(self.weights.cpu(), n, True, generator=generator)
        eps = torch.randn(n, self.dim, generator=generator)
        which, eps = which.to(self.means.device), eps.to(self.means.device)
        return self.means[which] + torch.einsum("nij,nj->ni", self.factors[which], eps)

    def log_prob(self, z: Float[Tensor, "n {self.dim}"]) -> Float[Tensor, " n"]:
        """Log-density of z (n, dim) in nats, (n,)."""
        parts = torch.distributions.MultivariateNormal(self.means, scale_tril=self.factors)
        inside = cast(Tensor, parts.log_prob(z[:, None]))
        return (inside + self.weights.log()).logsumexp(-1)
