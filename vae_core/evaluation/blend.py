"""A density of codes that is never much worse than the prior: the prior with a mixture in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae_core import runtime
from vae_core.models import VAE
from vae_core.probability.samplers import MixtureSampler

COMPONENTS = (10, 40)
ROUNDS = 100
"""Steps of expectation and maximisation that settle the prior's share."""


@dataclass(frozen=True)
class Blend:
    """f(z) = share p(z) + (1 - share) mixture(z)."""

    model: VAE
    mixture: MixtureSampler
    share: float

    @classmethod
    def fit(cls, model: VAE, known: Tensor, kept: Tensor, seed: int = 0) -> Blend:
        """Fitted to codes (n, d), its size and share as other codes, `kept`, like them best."""
        from sklearn.mixture import GaussianMixture  # heavy, and the app needs none of it

        values, asked = known.double().numpy(), kept.double().numpy()
        # A dimension that no digit uses is as wide as the others; without a floor none would be.
        floor = 1e-4 * float(values.var(0).mean())
        tried = [
            GaussianMixture(min(count, len(values)), reg_covar=floor, random_state=seed)
            for count in COMPONENTS
        ]
        best = max((each.fit(values) for each in tried), key=lambda one: one.score(asked))
        mixture = MixtureSampler(model.latent_dim, len(best.weights_))
        mixture.weights.copy_(torch.as_tensor(np.asarray(best.weights_)))
        mixture.means.copy_(torch.as_tensor(np.asarray(best.means_)))
        mixture.factors.copy_(runtime.cholesky(torch.as_tensor(np.asarray(best.covariances_))))
        gains, share = cls(model, mixture, 0.0).over_prior(kept), 0.5
        for _ in range(ROUNDS):
            share = float((share / (share + (1 - share) * gains.exp())).mean())
        return cls(model, mixture, share)

    def over_prior(self, z: Tensor) -> Tensor:
        """log f(z) - log p(z) of codes (n, d) on the CPU, (n,), in double precision."""
        parts = [self._gains(part) for part in runtime.pieces(z, 500)]
        gains = torch.cat(parts) + np.log1p(-self.share)
        return torch.logaddexp(gains, torch.tensor(self.share).double().log())

    def _gains(self, z: Tensor) -> Tensor:
        device = next(self.model.parameters()).device
        with runtime.eval_mode(self.model):
            prior = self.model.log_prior(z.to(device)).cpu()
        return (self.mixture.log_prob(z) - prior).double()
