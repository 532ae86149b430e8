"""What p(x|z) has in common where each pixel has a share of its own in log p(x|z)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar

from torch import Tensor

from vae_core.probability.likelihoods.registry import PIXEL_DIMS


class PixelWise:
    """A distribution over pictures whose log-probability is a sum over the pixels."""

    formula: ClassVar[str] = ""
    """-log p of one pixel, as a sum of log, exp, sigma, abs, pi, x and the symbols of `parameters`;
    "" where it cannot be said in a line."""

    def log_probs(self, x: Tensor) -> Tensor:
        """Each pixel's share of `log_prob` in nats, (..., 1, 28, 28)."""
        raise NotImplementedError

    def log_prob(self, x: Tensor) -> Tensor:
        """Sum over the pixels in nats, (...); x broadcasts against the parameters."""
        return self.log_probs(x).sum(PIXEL_DIMS)

    def parameters(self, x: Tensor) -> Mapping[str, Tensor]:
        """What stands for the symbols of `formula`, each broadcasting against x.

        x matters where a pixel depends on those before it.
        """
        return {}

    @classmethod
    def scorer(cls) -> Callable[..., object]:
        """The function in which the shares are computed, for who wants to read it."""
        return cls.log_probs
