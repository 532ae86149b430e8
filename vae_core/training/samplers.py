"""Fit a sampler to the codes of a trained model; the model itself stays as it is."""

from __future__ import annotations

import copy
import math

import numpy as np
import torch
from sklearn.mixture import GaussianMixture
from torch import Tensor
from tqdm import tqdm

from vae_core import runtime
from vae_core.data.digits import Digits, permutation
from vae_core.models import Model
from vae_core.probability.samplers import DiffusionSampler, MixtureSampler

STEPS, BATCH, PEAK_RATE, WARM_UP = 12_000, 1024, 1e-3, 200
EMA = 0.999
UNKNOWN_LABELS = 0.1
"""Share of the digits whose label the diffusion model does without, as guidance needs."""

COMPONENTS = (1, 5, 10, 20, 40)
"""Sizes of the mixture that are tried; the best on codes held out is kept."""

HELD_OUT = 5000
FITTED = 20_000
"""Codes that a mixture is fitted to: more of them change nothing but the time."""


class Codes:
    """q(z|x) of all digits: `draw` gives a fresh draw of those asked for."""

    def __init__(self, model: Model, digits: Digits, device: torch.device) -> None:
        means: list[Tensor] = []
        logvars: list[Tensor] = []
        with runtime.eval_mode(model):
            for start in range(0, len(digits), 1000):
                q = model.encode(digits.floats(slice(start, start + 1000)).to(device))
                means.append(q.mean)
                logvars.append(getattr(q, "logvar", torch.full_like(q.mean, -torch.inf)))
        self.mean, self.std = torch.cat(means).float(), (torch.cat(logvars) / 2).exp().float()

    def __len__(self) -> int:
        return len(self.mean)

    def draw(self, rows: Tensor, noise: torch.Generator) -> Tensor:
        """One posterior draw of each digit in `rows` (n,), (n, d); an autoencoder's code."""
        mean = self.mean[rows]
        eps = torch.randn(mean.shape, generator=noise, device=mean.device)
        return mean + self.std[rows] * eps


def fit_diffusion(
    model: Model,
    digits: Digits,
    *,
    device: torch.device | str = "cpu",
    steps: int = STEPS,
    batch: int = BATCH,
    seed: int = 0,
) -> DiffusionSampler:
    """A diffusion model of the codes of labelled training digits, its weights averaged.

    Args:
        model: in evaluation mode, on `device`.
        digits: training digits with labels.
        device: where to compute.
        steps: of Adam, each with `batch` fresh posterior draws.
        batch: codes a step.
        seed: of weights, batches and noise.
    """
    device = torch.device(device)
    codes, labels = Codes(model, digits, device), digits.labels.to(device).long()
    noise = runtime.generator(device, seed, 8)
    everything = torch.arange(len(codes), device=device)
    sampler = _untrained(codes.draw(everything, noise).cpu(), seed).to(device)
    average = copy.deepcopy(sampler)
    optimizer = _adam(sampler)
    bar = tqdm(range(steps), unit="step", desc="diffusion")
    for step in bar:
        rows = torch.randint(len(codes), (batch,), generator=noise, device=device)
        known = torch.rand(batch, generator=noise, device=device) >= UNKNOWN_LABELS
        loss = sampler.loss(codes.draw(rows, noise), labels[rows].where(known, -1), noise)
        optimizer.param_groups[0]["lr"] = _rate(step, steps)
        optimizer.zero_grad(set_to_none=True)
        torch.autograd.backward(loss)
        optimizer.step()
        _follow(average, sampler, 1 - min(EMA, (1 + step) / (10 + step)))
        if step % 200 == 0:
            bar.set_postfix_str(f"loss {loss.item():.4f}", refresh=False)
    return average.eval().requires_grad_(False)


def _adam(sampler: DiffusionSampler) -> torch.optim.Optimizer:
    return torch.optim.Adam(sampler.parameters(), fused=True)


def _untrained(codes: Tensor, seed: int) -> DiffusionSampler:
    """Fresh weights, scaled to codes (n, d)."""
    with runtime.seeded(seed):
        sampler = DiffusionSampler(codes.shape[1])
    sampler.fit_scale(codes)
    return sampler


@torch.no_grad()
def _follow(average: DiffusionSampler, sampler: DiffusionSampler, share: float) -> None:
    """Move the averaged weights by `share` of the way to the sampler's."""
    for mean, weight in zip(average.parameters(), sampler.parameters(), strict=True):
        mean.lerp_(weight, share)


def _rate(step: int, steps: int) -> float:
    """Warmed up, then down to nothing along a cosine."""
    return PEAK_RATE * min(1, (step + 1) / WARM_UP) * (1 + math.cos(math.pi * step / steps)) / 2


def fit_mixture(
    model: Model, digits: Digits, *, device: torch.device | str = "cpu", seed: int = 0
) -> MixtureSampler:
    """A mixture of full Gaussians over codes, as large as codes held out like it best.

    Args:
        model: in evaluation mode, on `device`.
        digits: training digits, more than HELD_OUT of them.
        device: where the codes are computed.
        seed: of the draws, the order and the starts.
    """
    codes = Codes(model, digits, torch.device(device))
    rows = permutation(len(codes), seed)[: HELD_OUT + FITTED].to(codes.mean.device)
    drawn = codes.draw(rows, runtime.generator(codes.mean.device, seed, 9)).double().cpu().numpy()
    kept_out, known = drawn[:HELD_OUT], drawn[HELD_OUT:]
    # A unit that never speaks has no spread: without a floor its density has no bound.
    floor = 1e-4 * float(known.var(0).mean())
    tried = [
        GaussianMixture(count, reg_covar=floor, random_state=seed).fit(known)
        for count in COMPONENTS
    ]
    best = max(tried, key=lambda mixture: mixture.score(kept_out))
    weights, means, covariances = (
        torch.as_tensor(np.asarray(values))
        for values in (best.weights_, best.means_, best.covariances_)
    )
    sampler = MixtureSampler(model.latent_dim, len(weights))
    sampler.weights.copy_(weights)
    sampler.means.copy_(means)
    sampler.factors.copy_(runtime.cholesky(covariances))
    return sampler.eval()
