"""How much of the rate no digit needs: KL(q(z) || p(z)) between a floor and a ceiling.

Draws from the prior fail where the codes of all digits together, q(z), are not. Few digits cannot
tell how far that is: the sum over n of them (`aggregate`) takes a digit's neighbourhood for empty
where only none of the n lies there, and is a ceiling. But for any density f

    KL(q || p) >= E_q[log f - log p],

which is as short of the truth as f is of q. Here f is a mixture of Gaussians fitted to codes of
training digits, and of the prior itself; the mean is over codes of test digits, which had no part
in it.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.checkpoint.metrics import PriorGap
from vae_core.data.digits import Digits
from vae_core.evaluation import aggregate
from vae_core.evaluation.blend import Blend
from vae_core.models import VAE

FITTED, HELD_OUT = 20_000, 5000
"""Codes of training digits that f is fitted to, and that choose among its sizes."""


def measure(
    model: VAE,
    train: Digits,
    test: Digits,
    *,
    seed: int = 0,
    device: torch.device | str = "cpu",
) -> PriorGap:
    """Floor and ceiling over one posterior draw of each test digit.

    Args:
        model: in evaluation mode, on `device`; a conditional one takes the labels.
        train: digits that f is fitted to; of many, FITTED + HELD_OUT.
        test: digits that the means are over.
        seed: of draws and starts.
        device: where the codes are computed.
    """
    known = train.drawn(min(FITTED + HELD_OUT, len(train)), seed)
    noise = runtime.generator("cpu", seed, 11)
    codes = _draw(*_posteriors(model, known, device), noise)
    held = min(HELD_OUT, len(codes) // 4)
    f = Blend.fit(model, codes[held:], codes[:held], seed)
    mean, logvar = _posteriors(model, test, device)
    gains = f.over_prior(_draw(mean, logvar, noise))
    split = aggregate.split(model, mean, logvar, draws=len(test), seed=seed)
    return {
        "prior_gap": float(gains.mean()),
        "prior_gap_sem": float(gains.std()) / math.sqrt(len(gains)),
        "prior_gap_at_most": split.gap,
        "prior_gap_at_most_sem": split.gap_sem,
        "prior_gap_digits": len(test),
        "prior_gap_draws": len(gains),
        "prior_gap_fitted": len(codes),
    }


def _posteriors(model: VAE, digits: Digits, device: torch.device | str) -> tuple[Tensor, Tensor]:
    return aggregate.posteriors(model, digits, torch.device(device))


def _draw(mean: Tensor, logvar: Tensor, noise: torch.Generator) -> Tensor:
    """One code of each digit (n, d), on the CPU."""
    mean, std = mean.cpu(), (logvar.cpu() / 2).exp()
    return (mean + std * torch.randn(mean.shape, generator=noise)).float()
