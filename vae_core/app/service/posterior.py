"""q(z|x) of one picture as the page shows it: the posterior, a few draws and the two costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from vae_core import pictures
from vae_core.app.service import replies
from vae_core.app.wire import Grey
from vae_core.evaluation import percentiles
from vae_core.models import Model
from vae_core.probability.latents import DiagonalGaussian
from vae_core.probability.protocols import Posterior
from vae_core.runtime import numbers


@dataclass(frozen=True, kw_only=True)
class Code:
    """One picture `x` (1, 1, 28, 28) with its posterior `q` and the mean's slider values `u`.

    `y` (1,) is the label given to the model, or None; `own` (10,) the shares that its prior
    gives the labels for the code, p(y|z), where the prior knows labels.
    """

    x: Tensor
    q: Posterior
    u: Tensor
    y: Tensor | None
    own: Tensor | None

    def reply(self) -> replies.Posterior:
        """The posterior as lists."""
        logvar = self.q.logvar[0] if isinstance(self.q, DiagonalGaussian) else None
        return {
            "z": numbers(self.u[0]),
            "mean": numbers(self.q.mean[0]),
            "logvar": None if logvar is None else numbers(logvar),
            "sigma": None if logvar is None else numbers((logvar / 2).exp()),
        }

    def own_reading(self) -> replies.Reading | None:
        """The likeliest label by p(y|z) of the mean; None where the prior knows no labels."""
        if self.own is None:
            return None
        return {"digit": int(self.own.argmax()), "sure": float(self.own.max())}


def read(model: Model, x: Tensor, y: Tensor | None = None) -> Code:
    """Encode one picture x (1, 1, 28, 28) in [0, 1], with its label y (1,) where it is known."""
    q = model.encode(x, y)
    own = model.label_shares(q.mean)
    u = model.to_sliders(q.mean, y)
    return Code(x=x, q=q, u=u, y=y, own=None if own is None else own[0])


def draws(code: Code, count: int, seed: int) -> Tensor:
    """`count` draws z (count, d) from q(z|x); a deterministic model gives its one code again.

    The noise comes from the CPU's generator, so that a seed means the same on every device.
    """
    generator = torch.Generator().manual_seed(seed)
    eps = torch.randn(count, code.q.mean.shape[1], generator=generator)
    return percentiles.codes(code.q, eps)[:, 0]


def measure(model: Model, code: Code, drawn: bool, count: int, seed: int) -> replies.Measured:
    """Decode the posterior's mean and draws of it in one pass, and say what they cost.

    Args:
        model: in evaluation mode.
        code: the posterior of one picture.
        drawn: whether `reconstruction` is of the first draw instead of the mean.
        count: how many of the draws to return as pictures.
        seed: of the draws that are shown; the measures use seed 0 always.
    """
    shown = draws(code, max(count, 1), seed)
    judged = percentiles.codes(code.q, percentiles.noise(model.latent_dim))
    z = torch.cat([code.q.mean, shown, judged[:, 0]])
    p = model.decode(z, None if code.y is None else code.y.expand(len(z)))
    pixels, x = p.mean.float(), code.x[0]
    distortion = -p.log_prob(code.x)[-len(judged) :].mean().item()
    rate = percentiles.rate(model, code.q, judged, code.y)
    spent = None if rate is None else rate.item()
    picked = pixels[1 if drawn else 0]
    spread = pixels[-len(judged) :].std(0, correction=0)
    return {
        "reconstruction": _grey(picked),
        "difference": np.rint((picked - x).cpu().numpy() * 127).astype(np.int8),
        "z_drawn": numbers(model.to_sliders(shown[:1], code.y)[0]) if drawn else None,
        "draws": pictures.to_uint8(pixels[1 : 1 + count]),
        "spread": _grey(spread / spread.max().clamp(min=1e-6)),
        "spread_peak": spread.max().item(),
        "distortion": distortion,
        "floor": percentiles.floor(model, code.x).item(),
        "rate": spent,
        "elbo": None if spent is None else -(distortion + spent),
        "mse": (pixels[0] - x).square().mean().item(),
        "estimate_draws": len(judged),
    }


def _grey(picture: Tensor) -> Grey:
    """One picture (1, 28, 28) as grey levels (28, 28)."""
    return pictures.to_uint8(picture[None])[0]
