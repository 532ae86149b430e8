"""p(x|z) as objects with `log_prob`, `mean` and `sample`, built from a decoder's output."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F


class Bernoulli:
    """Each pixel on with probability sigmoid(logit), independently given z.

    For grey x in [0, 1] `log_prob` is the negative cross-entropy: the usual training loss on
    real-valued MNIST, yet not a normalised likelihood.

    Args:
        logits: (..., 1, 28, 28).
    """

    def __init__(self, logits: Tensor) -> None:
        self.logits = logits

    @property
    def mean(self) -> Tensor:
        """Probability of white in [0, 1], shaped as the logits."""
        return torch.sigmoid(self.logits)

    def log_prob(self, x: Tensor) -> Tensor:
        """Sum over the pixels in nats, (...); x broadcasts against the logits."""
        # x log s(l) + (1 - x) log(1 - s(l)) = x l - softplus(l): no overflow, no log of zero.
        return (x * self.logits - F.softplus(self.logits)).sum((-3, -2, -1))

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """A binary picture drawn pixel by pixel, shaped as the logits."""
        probabilities = self.mean
        # rand < p, since torch.bernoulli is three times slower on a CPU.
        noise = torch.rand(
            probabilities.shape,
            generator=generator,
            device=probabilities.device,
            dtype=probabilities.dtype,
        )
        return (noise < probabilities).to(probabilities.dtype)


LIKELIHOODS = {"bernoulli": Bernoulli}
