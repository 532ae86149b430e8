"""Both samplers against a model whose conditional is known exactly, whatever its q says."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from small_models import sparse
from torch import Tensor

from vae_core import VAE
from vae_core.explore.inpainting import impute
from vae_core.probability.latents import DiagonalGaussian
from vae_core.probability.likelihoods.continuous import Gaussian

SIGMA = 0.7


class FactorAnalysis:
    """x = W z + b + sigma e over 784 pixels; W's columns are orthogonal, so q is exact.

    But for its `bias`, in standard deviations of each latent, and its `width` in them.
    """

    latent_dim = 2

    def __init__(self, *, bias: float = 0.0, width: float = 1.0) -> None:
        self.bias, self.width = bias, width
        noise = torch.Generator().manual_seed(5)
        basis = torch.linalg.qr(torch.randn(784, 2, generator=noise, dtype=torch.float64))[0]
        self.weight = 14 * basis * torch.tensor([1.0, 0.6], dtype=torch.float64)
        self.offset = torch.randn(784, generator=noise, dtype=torch.float64)
        self.variance = 1 / (1 + self.weight.square().sum(0) / SIGMA**2)

    def encode(self, x: Tensor) -> DiagonalGaussian:
        mean = self.variance * ((x.flatten(1) - self.offset) @ self.weight) / SIGMA**2
        mean = mean + self.bias * self.variance.sqrt()
        return DiagonalGaussian(mean, (self.width**2 * self.variance).log().expand_as(mean))

    def log_prior(self, z: Tensor) -> Tensor:
        return torch.distributions.Normal(0.0, 1.0).log_prob(z).sum(-1)

    def decode(self, z: Tensor) -> Gaussian:
        mean = (z @ self.weight.T + self.offset).view(-1, 1, 28, 28)
        return Gaussian(mean, torch.tensor(SIGMA))

    def sample(self, n: int, *, generator: torch.Generator) -> tuple[Tensor, Tensor]:
        z = torch.randn(n, 2, generator=generator, dtype=torch.float64)
        return self.decode(z).mean, z

    def conditional(self, x: Tensor, known: Tensor) -> tuple[Tensor, Tensor]:
        """Mean (m,) and covariance (m, m) of the missing pixels given the known ones."""
        seen, w = known.flatten(), self.weight
        precision = torch.eye(2, dtype=torch.float64) + w[seen].T @ w[seen] / SIGMA**2
        spread = torch.linalg.inv(precision)
        mean = spread @ w[seen].T @ (x.flatten() - self.offset)[seen] / SIGMA**2
        rest = w[~seen]
        covariance = rest @ spread @ rest.T
        covariance += SIGMA**2 * torch.eye(len(rest), dtype=torch.float64)
        return rest @ mean + self.offset[~seen], covariance


def test_the_chains_reach_the_exact_conditional() -> None:
    model: Any = FactorAnalysis()
    noise = torch.Generator().manual_seed(1)
    x = model.sample(1, generator=noise)[0]
    known = torch.rand(28, 28, generator=noise) < 0.4
    chains = 1500
    filled = impute(model, x, known, chains=chains, sweeps=30, generator=noise)
    missing = filled.samples.flatten(1)[:, ~known.flatten()]
    mean, covariance = model.conditional(x, known)
    # Means: chi-squared of the two directions that the latents move, and single pixels' errors.
    error = (missing.mean(0) - mean) / (covariance.diagonal() / chains).sqrt()
    assert error.abs().max() < 4.5
    assert error.square().mean() < 2
    # Spread: along the latents' directions, where the missing pixels hang together.
    along = torch.linalg.qr(model.weight[~known.flatten()])[0]
    found = torch.cov((missing @ along).T)
    right = along.T @ covariance @ along
    assert torch.allclose(found, right, rtol=0.2, atol=0.03)


def errors(model: FactorAnalysis, corrected: int) -> tuple[Tensor, float | None]:
    """How far the chains' mean is off along both latents' directions, in standard errors."""
    noise = torch.Generator().manual_seed(1)
    x = model.sample(1, generator=noise)[0]
    known, chains = torch.rand(28, 28, generator=noise) < 0.4, 400
    stand_in: Any = model
    filled = impute(
        stand_in, x, known, chains=chains, sweeps=20, corrected=corrected, generator=noise
    )
    missing = filled.samples.flatten(1)[:, ~known.flatten()]
    mean, covariance = model.conditional(x, known)
    along = torch.linalg.qr(model.weight[~known.flatten()])[0]
    spread = (along.T @ covariance @ along).diagonal()
    return (missing.mean(0) - mean) @ along / (spread / chains).sqrt(), filled.acceptance


def test_the_correction_mends_what_a_wrong_q_spoils() -> None:
    """q half a standard deviation off and too wide: pseudo-Gibbs goes astray, the other not."""
    wrong = FactorAnalysis(bias=0.5, width=1.3)
    astray, nothing = errors(wrong, 0)
    mended, acceptance = errors(wrong, 40)
    assert nothing is None
    assert astray.abs().min() > 6
    assert mended.abs().max() < 4
    assert acceptance is not None
    assert 0.3 < acceptance < 0.9


def test_an_exact_q_is_always_accepted() -> None:
    off, acceptance = errors(FactorAnalysis(), 3)
    assert acceptance == pytest.approx(1)
    assert off.abs().max() < 4


def test_known_pixels_are_kept_bit_for_bit(model: VAE) -> None:
    noise = torch.Generator().manual_seed(0)
    x = torch.rand(1, 1, 28, 28, generator=noise)
    known = torch.rand(28, 28, generator=noise) < 0.5
    with torch.inference_mode():
        filled = impute(model, x, known, chains=3, sweeps=2, corrected=2, generator=noise)
    for pictures in (filled.samples, filled.means):
        assert pictures.shape == (3, 1, 28, 28)
        assert torch.equal(pictures[..., known], x.expand(3, 1, 28, 28)[..., known])
    # What lies in the gap must not matter.
    other = torch.where(known, x, 1 - x)
    with torch.inference_mode():
        runs = [
            impute(model, y, known, chains=2, sweeps=3, generator=torch.Generator().manual_seed(4))
            for y in (x, other)
        ]
    assert torch.equal(runs[0].samples, runs[1].samples)
    assert torch.equal(runs[0].means, runs[1].means)


def test_bad_counts_are_refused(model: VAE) -> None:
    x, noise = torch.zeros(1, 1, 28, 28), torch.Generator()
    with pytest.raises(ValueError, match="chains is 0; it must be 1 or more"):
        impute(model, x, x > 0, chains=0, sweeps=1, generator=noise)
    with pytest.raises(ValueError, match="sweeps is 0"):
        impute(model, x, x > 0, chains=1, sweeps=0, generator=noise)
    with pytest.raises(ValueError, match="corrected is -1; it must be 0 or more"):
        impute(model, x, x > 0, chains=1, sweeps=1, corrected=-1, generator=noise)


def test_a_deterministic_model_has_nothing_to_correct() -> None:
    x, noise = torch.zeros(1, 1, 28, 28), torch.Generator().manual_seed(0)
    with torch.inference_mode():
        found = impute(sparse(3), x, x > 0, chains=2, sweeps=1, corrected=2, generator=noise)
    assert found.acceptance is None
