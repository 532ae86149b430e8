"""The 256 grey levels by the mass of a logistic distribution (Salimans et al., 2017)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vae_core.probability.likelihoods.pixelwise import PixelWise
from vae_core.probability.likelihoods.registry import register, uniform

LEVELS = 256
FAR = 1e6
"""Stands for an edge at infinity where numbers are written down."""


class DiscretizedLogistic(PixelWise):
    """The 256 grey levels, each with a logistic's mass over its bin (Salimans et al., 2017).

    The bins are 1/255 wide around k/255; the first and the last reach to infinity, so that the
    256 masses sum to one.

    Args:
        location, log_scale: (..., 1, 28, 28).
    """

    formula: ClassVar[str] = "-log(sigma((b - m) / s) - sigma((a - m) / s))"

    def __init__(self, location: Tensor, log_scale: Tensor) -> None:
        self.location, self.log_scale = location, log_scale

    @property
    def mean(self) -> Tensor:
        """The location kept in [0, 1]: the median, and the mean but for what the edges cut off."""
        return self.location.clamp(0, 1)

    def log_probs(self, x: Tensor) -> Tensor:
        """Log-mass in nats of each pixel's level, the nearest to x."""
        return self.log_mass(x)

    def parameters(self, x: Tensor) -> Mapping[str, Tensor]:
        """The location m, the scale s, and the edges a and b of the bin of x, +-FAR for none."""
        level = torch.round(x * (LEVELS - 1))
        below = torch.where(level == 0, -FAR, (level - 0.5) / (LEVELS - 1))
        above = torch.where(level == LEVELS - 1, FAR, (level + 0.5) / (LEVELS - 1))
        return {"m": self.location, "s": torch.exp(self.log_scale), "a": below, "b": above}

    def log_mass(self, x: Tensor) -> Tensor:
        """Log-mass of each pixel's level, shaped as the location and x together."""
        level = torch.round(x * (LEVELS - 1))
        inverse = torch.exp(-self.log_scale)
        width = inverse / (LEVELS - 1)
        below = (level / (LEVELS - 1) - self.location) * inverse - 0.5 * width
        above = below + width
        # log(s(a) - s(b)) = log s(a) + log s(-b) + log(1 - e^(b - a)): exact in both tails.
        inside = F.logsigmoid(above) + F.logsigmoid(-below) + torch.log(-torch.expm1(-width))
        outer = torch.where(level == 0, F.logsigmoid(above), F.logsigmoid(-below))
        return torch.where((level == 0) | (level == LEVELS - 1), outer, inside)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """One of the 256 levels for each pixel, shaped as the location."""
        u = uniform(self.location, generator).clamp(1e-6, 1 - 1e-6)
        drawn = self.location + torch.exp(self.log_scale) * (torch.log(u) - torch.log1p(-u))
        return torch.round(drawn.clamp(0, 1) * (LEVELS - 1)) / (LEVELS - 1)


@register("discretized-logistic", quantity="levels")
class LogisticHead(nn.Module):
    """A location and a log-scale for each pixel.

    The location knows no bounds: black and white are the outer bins, which reach to infinity. Kept
    in [0, 1] by a sigmoid it was learned as one picture for all digits, and the code was dropped.
    """

    channels = 2

    def forward(self, out: Tensor) -> DiscretizedLogistic:
        location, log_scale = out.chunk(2, dim=-3)
        # The narrowest lies well inside one bin; the first digits are met with a wide one.
        return DiscretizedLogistic(0.5 + 0.5 * location, log_scale.clamp(-7, 2) - 2)
