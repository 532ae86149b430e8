"""q(z|x) of one picture as the page shows it: the posterior, a few draws and the two costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from vae_core.app import wire
from vae_core.evaluation import percentiles


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


def read(model: Any, x: Tensor, y: Tensor | None = None) -> Posterior:
    """Encode one picture x (1, 1, 28, 28) in [0, 1], with its label y (1,) where it is known."""
    q = model.encode(x) if y is None else model.encode(x, y)
    return Posterior(x=x, q=q, u=model.to_sliders(q.mean, y))


def codes(code: Posterior, count: int, seed: int) -> Tensor:
    """`count` draws z (count, d) from q(z|x); a deterministic model gives its one code again.

    The noise comes from the CPU's generator, so that a seed means the same on every device.
    """
    generator = torch.Generator().manual_seed(seed)
    eps = torch.randn(count, code.q.mean.shape[1], generator=generator)
    return percentiles.codes(code.q, eps)[:, 0]


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
        elbo in nats, means over `estimate_draws` draws as `reference` takes them (rate and elbo
        null for a deterministic model); floor, what these greys cost at least (see
        `reference.floor`); mse of the mean's reconstruction.
    """
    count = percentiles.DRAWS
    shown = codes(code, max(draws, 1), seed)
    judged = percentiles.codes(code.q, percentiles.noise(model.latent_dim))
    z = torch.cat([code.q.mean, shown, judged[:, 0]])
    p = model.decode(z)
    pixels = p.mean.float()
    distortion = -p.log_prob(code.x)[-count:].mean().item()
    spent = percentiles.rate(model, code.q, judged)
    rate = None if spent is None else spent.item()
    picked = pixels[1 if drawn else 0]
    x = code.x[0]
    spread = pixels[-count:].std(0, correction=0)
    return {
        "reconstruction": _pack(picked),
        "difference": wire.pack(_signed(picked - x)),
        "z_drawn": model.to_sliders(shown[:1])[0].tolist() if drawn else None,
        "draws": _pack(pixels[1 : 1 + draws]),
        "spread": _pack(spread / spread.max().clamp(min=1e-6)),
        "spread_peak": spread.max().item(),
        "distortion": distortion,
        "floor": percentiles.floor(model, code.x).item(),
        "rate": rate,
        "elbo": None if rate is None else -(distortion + rate),
        "mse": (pixels[0] - x).square().mean().item(),
        "estimate_draws": count,
    }


def _pack(pixels: Tensor) -> str:
    return wire.pack(wire.to_bytes(pixels.cpu().numpy()))


def _signed(difference: Tensor) -> np.ndarray:
    return np.rint(difference.cpu().numpy() * 127).astype(np.int8)
