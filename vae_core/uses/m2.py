"""M2 of Kingma et al. (2014): a VAE whose class y is a latent, known of a few inputs alone.

p(x, y, z) = p(y) N(z; 0, I) p(x|y, z) with ten equally likely classes, and q(y|x) q(z|x, y) for its
posterior. Where y is known it bounds -log p(x, y) by L(x, y); where it is not, the sum over all
classes bounds -log p(x) by U(x) = sum_y q(y|x) (L(x, y) + log q(y|x)).

x is either the pixels of a digit, each black or white, or the code that another VAE gives it: M2 on
codes is M1+M2 of the paper.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vae_core.probability.latents import LOG_TWO_PI, DiagonalGaussian
from vae_core.probability.shapes import Float, Int

HIDDEN = 500
LATENTS = 20
LEAST_LOGVAR, MOST_LOGVAR = -1.0, 4.0
"""Of p(x|y, z) of a code whose parts have a variance of about 1.

A code that may be met more closely is met by z, whatever y is: with -3, where it would go by
itself, 94.1 % of the digits kept out were named rightly instead of 94.4, after as many steps.
"""


class M2(nn.Module):
    """The three nets, each with one hidden layer.

    Args:
        inputs: the numbers of x.
        binary: whether they are pixels, each a Bernoulli, or parts of a code, each a Gaussian.
        latents: the numbers of z.
        hidden: the units of each hidden layer.
        classes: the values of y.
    """

    def __init__(
        self,
        inputs: int,
        *,
        binary: bool,
        latents: int = LATENTS,
        hidden: int = HIDDEN,
        classes: int = 10,
    ) -> None:
        super().__init__()
        self.binary, self.latents, self.classes = binary, latents, classes
        self.classifier = nn.Sequential(
            nn.Linear(inputs, hidden), nn.ReLU(), nn.Linear(hidden, classes)
        )
        self.encoder = WithClass(inputs, classes, hidden, 2 * latents)
        self.decoder = WithClass(latents, classes, hidden, inputs if binary else 2 * inputs)

    def log_classes(self, x: Float[Tensor, "b d"]) -> Float[Tensor, "b k"]:
        """log q(y|x) of each class, (b, classes)."""
        return self.classifier(x).log_softmax(-1)

    def costs(self, x: Float[Tensor, "b d"], noise: Float[Tensor, "b k z"]) -> Float[Tensor, "b k"]:
        """L(x, y) in nats of every class y, (b, classes), each at one draw of z by its noise."""
        every = torch.eye(self.classes, device=x.device, dtype=x.dtype)
        return self._costs(x[:, None], every, noise)

    def cost(
        self, x: Float[Tensor, "b d"], y: Int[Tensor, " b"], noise: Float[Tensor, "b z"]
    ) -> Float[Tensor, " b"]:
        """L(x, y) in nats of known classes y (b,)."""
        return self._costs(x, F.one_hot(y, self.classes).to(x.dtype), noise)

    def decode(self, z: Float[Tensor, "*b z"], y: Float[Tensor, "*k c"]) -> tuple[Tensor, Tensor]:
        """The parameters of p(x|y, z), y as shares: logits twice, or means and log-variances."""
        out = self.decoder(z, y)
        if self.binary:
            return out, out
        mean, logvar = out.chunk(2, -1)
        return mean, logvar.clamp(LEAST_LOGVAR, MOST_LOGVAR)

    def _costs(self, x: Tensor, y: Tensor, noise: Tensor) -> Tensor:
        q = DiagonalGaussian(*self.encoder(x, y).chunk(2, -1))
        mean, logvar = self.decode(q.at(noise), y)
        if self.binary:
            x = x.expand_as(mean)
            met = F.binary_cross_entropy_with_logits(mean, x, reduction="none").sum(-1)
        else:
            met = 0.5 * ((x - mean).square() * torch.exp(-logvar) + logvar + LOG_TWO_PI).sum(-1)
        return met + q.kl().sum(-1) + math.log(self.classes)


class WithClass(nn.Module):
    """A net of one hidden layer from x (..., inputs) and shares of classes y (..., classes).

    The two may be broadcast against each other: the part of x is computed once for all classes.
    """

    def __init__(self, inputs: int, classes: int, hidden: int, outputs: int) -> None:
        super().__init__()
        self.of_x = nn.Linear(inputs, hidden)
        self.of_y = nn.Linear(classes, hidden, bias=False)
        self.out = nn.Linear(hidden, outputs)

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return self.out(F.relu(self.of_x(x) + self.of_y(y)))


def marginal(costs: Float[Tensor, "b k"], log_classes: Float[Tensor, "b k"]) -> Float[Tensor, " b"]:
    """U(x) in nats of L(x, y) of every class (b, classes) and log q(y|x): y is summed out."""
    return (log_classes.exp() * (costs + log_classes)).sum(-1)
