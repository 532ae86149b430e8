"""q(z|x) of one picture as the page shows it: the posterior, a few draws and the two costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vae_core.panels import codec

ESTIMATE_DRAWS = 32
"""Draws behind distortion and rate: their mean is good to about 0.7 nats (vae-400)."""


@dataclass(frozen=True, kw_only=True)
class Posterior:
    """One picture `x` (1, 1, 28, 28) with its posterior `q` and the mean's slider values `u`."""

    x: Tensor
    q: Any
    u: Tensor

    def to_dict(self) -> dict[str, Any]:
        """z (slider values of the mean), mean, logvar, sigma as lists; None where there is none."""
        logvar = getattr(self.q, "logvar", None)
        return {
            "z": self.u[0].tolist(),
            "mean": self.q.mean[0].tolist(),
            "logvar": None if logvar is None else logvar[0].tolist(),
            "sigma": None if logvar is None else (logvar[0] / 2).exp().tolist(),
        }


def read(model: Any, x: Tensor) -> Posterior:
    """Encode one picture x (1, 1, 28, 28) in [0, 1]."""
    q = model.encode(x)
    return Posterior(x=x, q=q, u=model.to_sliders(q.mean))


def codes(code: Posterior, count: int, seed: int) -> Tensor:
    """`count` draws z (count, d) from q(z|x); a deterministic model gives its one code again.

    The noise comes from the CPU's generator, so that a seed means the same on every device.
    """
    logvar = getattr(code.q, "logvar", None)
    if logvar is None:
        return code.q.mean.expand(count, -1)
    noise = torch.randn(count, logvar.shape[1], generator=torch.Generator().manual_seed(seed))
    return code.q.mean + (logvar / 2).exp() * noise.to(logvar.device)


def measure(model: Any, code: Posterior, drawn: bool, draws: int, seed: int) -> dict[str, Any]:
    """Decode the posterior's mean and draws of it in one pass, and say what they cost.

    Args:
        model: a VAE.
        code: the posterior of one picture.
        drawn: whether `reconstruction` is of the first draw instead of the mean.
        draws: how many of the draws to return as pictures.
        seed: of the draws that are shown; the measures use seed 0 always.

    Returns:
        reconstruction, draws, spread and difference as base64; z_drawn (slider values, null
        for the mean); spread_peak (largest per-pixel standard deviation); distortion, rate,
        elbo in nats, means over `estimate_draws` draws; mse of the mean's reconstruction.
    """
    shown = codes(code, max(draws, 1), seed)
    z = torch.cat([code.q.mean, shown, codes(code, ESTIMATE_DRAWS, 0)])
    p = model.decode(z)
    pixels = p.mean.float()
    distortion = -p.log_prob(code.x)[-ESTIMATE_DRAWS:].mean().item()
    rate = _rate(model, code.q, z[-ESTIMATE_DRAWS:])
    picked = pixels[1 if drawn else 0]
    x = code.x[0]
    spread = pixels[-ESTIMATE_DRAWS:].std(0, correction=0)
    return {
        "reconstruction": _pack(picked),
        "difference": codec.pack(_signed(picked - x)),
        "z_drawn": model.to_sliders(shown[:1])[0].tolist() if drawn else None,
        "draws": _pack(pixels[1 : 1 + draws]),
        "spread": _pack(spread / spread.max().clamp(min=1e-6)),
        "spread_peak": spread.max().item(),
        "distortion": distortion,
        "rate": rate,
        "elbo": -(distortion + rate),
        "mse": (pixels[0] - x).square().mean().item(),
        "estimate_draws": ESTIMATE_DRAWS,
    }


def _rate(model: Any, q: Any, z: Tensor) -> float:
    """KL(q || p) in nats: exact where the prior factorises, else the mean over the draws z."""
    if getattr(model.prior, "factorises", True):
        return q.kl().sum().item()
    return (q.log_prob(z) - model.prior.log_prob(z)).mean().item()


def _pack(pixels: Tensor) -> str:
    return codec.pack(codec.to_bytes(pixels.cpu().numpy()))


def _signed(difference: Tensor) -> np.ndarray:
    return np.rint(difference.cpu().numpy() * 127).astype(np.int8)
