"""The variational autoencoder: nets joined by probability, and knowing nothing of losses."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from vae_core.config import Config
from vae_core.latents import DiagonalGaussian, StandardNormal
from vae_core.likelihoods import LIKELIHOODS, Bernoulli
from vae_core.nets import build_decoder, build_encoder


class VAE(nn.Module):
    """Encoder q(z|x), prior p(z) and decoder p(x|z) (Kingma and Welling, 2013).

    x is (b, 1, 28, 28) in [0, 1], white ink on black; z is (b, latent_dim).
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.encoder = build_encoder(config.net, 2 * config.latent_dim)
        self.decoder = build_decoder(config.net, config.latent_dim)
        self.prior = StandardNormal(config.latent_dim)
        self.likelihood = LIKELIHOODS[config.likelihood]

    @property
    def latent_dim(self) -> int:
        """The number of latent dimensions."""
        return self.config.latent_dim

    def encode(self, x: Tensor) -> DiagonalGaussian:
        """q(z|x) for x (b, 1, 28, 28)."""
        # Probability is computed in single precision whatever the nets ran in.
        mean, logvar = self.encoder(x).float().chunk(2, dim=-1)
        return DiagonalGaussian(mean, logvar)

    def decode(self, z: Tensor) -> Bernoulli:
        """p(x|z) for z (b, latent_dim)."""
        return self.likelihood(self.decoder(z).float())

    def to_sliders(self, z: Tensor) -> Tensor:
        """Where the sliders stand for z, (b, latent_dim); the identity for a normal prior."""
        return self.prior.to_sliders(z)

    def from_sliders(self, u: Tensor) -> Tensor:
        """The latent z of the sliders' position u, (b, latent_dim)."""
        return self.prior.from_sliders(u)

    def reconstruct(self, x: Tensor, generator: torch.Generator | None = None) -> Tensor:
        """p(x|z)'s mean (b, 1, 28, 28), at the posterior mean or, given a generator, at a draw."""
        q = self.encode(x)
        return self.decode(q.mean if generator is None else q.sample(generator)).mean

    def sample(
        self, n: int, *, generator: torch.Generator, temperature: float = 1.0
    ) -> tuple[Tensor, Tensor]:
        """n draws from the prior, its base noise scaled by `temperature` (0 or more).

        Returns:
            The means of p(x|z), (n, 1, 28, 28), and the sliders' positions u, (n, latent_dim).
        """
        noise = torch.randn(n, self.latent_dim, generator=generator, device=generator.device)
        u = temperature * noise.to(next(self.parameters()).device)
        return self.decode(self.from_sliders(u)).mean, u
