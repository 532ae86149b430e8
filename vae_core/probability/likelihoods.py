"""p(x|z) as objects with `log_prob`, `mean` and `sample`, and the modules that build them.

A module takes the decoder's output (..., channels, 28, 28) and holds what the likelihood learns
of its own. In every distribution x and `mean` are in [0, 1], and `log_prob` sums over the pixels.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from vae_core.config import Config

PIXEL_DIMS = (-3, -2, -1)
LEVELS = 256


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
        score: Tensor = _BernoulliScore.apply(self.logits, x)[0]  # type: ignore[assignment]
        return score.sum(PIXEL_DIMS)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """A binary picture drawn pixel by pixel, shaped as the logits."""
        probabilities = self.mean
        # rand < p, since torch.bernoulli is three times slower on a CPU.
        return (_uniform(probabilities, generator) < probabilities).to(probabilities.dtype)


class _BernoulliScore(torch.autograd.Function):
    """x log s(l) + (1 - x) log(1 - s(l)) pixel by pixel, at a third of autograd's price.

    It is x l - softplus(l), without overflow or a log of zero, and softplus(l) is
    max(l, 0) - log(max(s, 1 - s)): a log costs a fifth of the log1p in torch's softplus on a CPU.
    The gradient is x - s, so that s is all there is to remember.
    """

    generate_vmap_rule = True

    @staticmethod
    def forward(logits: Tensor, x: Tensor) -> tuple[Tensor, Tensor]:
        on = torch.sigmoid(logits)
        # In place where nothing else looks: a large batch is bound by memory here.
        score = torch.maximum(on, 1 - on).log_().sub_(F.relu(logits))
        return score + x * logits, on

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Any) -> None:
        logits, x = inputs
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(logits, x, output[1])

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, gradient: Tensor, _: Tensor) -> tuple[Tensor | None, Tensor | None]:
        logits, x, on = ctx.saved_tensors
        of_logits = (gradient * (x - on)).sum_to_size(logits.shape)
        needs_x = ctx.needs_input_grad[1]
        return of_logits, (gradient * logits).sum_to_size(x.shape) if needs_x else None


class SquaredError:
    """Minus half the squared error: a unit Gaussian without its constant, so no likelihood.

    Args:
        mean: (..., 1, 28, 28).
    """

    def __init__(self, mean: Tensor) -> None:
        self.mean = mean

    def log_prob(self, x: Tensor) -> Tensor:
        """-1/2 sum (x - mean)^2, (...)."""
        return -0.5 * ((x - self.mean) ** 2).sum(PIXEL_DIMS)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """The mean: there is no distribution to draw from."""
        return self.mean


class Gaussian:
    """Each pixel N(mean, scale^2): squared error in the unit that `scale` sets.

    Args:
        mean: (..., 1, 28, 28).
        scale: the standard deviation, broadcasting against the mean.
    """

    def __init__(self, mean: Tensor, scale: Tensor) -> None:
        self.mean, self.scale = mean, scale

    def log_prob(self, x: Tensor) -> Tensor:
        """Log-density in nats, (...); it may be positive, as densities are not probabilities."""
        standard = (x - self.mean) / self.scale
        constant = torch.log(self.scale) + 0.5 * math.log(2 * math.pi)
        return -(0.5 * standard**2 + constant).sum(PIXEL_DIMS)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """A draw, shaped as the mean; the tails leave [0, 1]."""
        like = self.mean
        noise = torch.randn(like.shape, generator=generator, device=like.device, dtype=like.dtype)
        return self.mean + self.scale * noise


class Laplace:
    """Each pixel with density exp(-|x - mean| / scale) / (2 scale): absolute error.

    Args:
        mean: (..., 1, 28, 28).
        scale: b, broadcasting against the mean.
    """

    def __init__(self, mean: Tensor, scale: Tensor) -> None:
        self.mean, self.scale = mean, scale

    def log_prob(self, x: Tensor) -> Tensor:
        """Log-density in nats, (...)."""
        distance = (x - self.mean).abs() / self.scale
        return -(distance + torch.log(2 * self.scale)).sum(PIXEL_DIMS)

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """A draw, shaped as the mean; the tails leave [0, 1]."""
        u = _uniform(self.mean, generator) - 0.5
        # The inverse of the distribution function; 1 - 2|u| is never zero but for |u| = 1/2.
        tail = torch.log1p(-2 * u.abs().clamp(max=0.5 - 1e-7))
        return self.mean - self.scale * u.sign() * tail


class DiscretizedLogistic:
    """The 256 grey levels, each with a logistic's mass over its bin (Salimans et al., 2017).

    The bins are 1/255 wide around k/255; the first and the last reach to infinity, so that the
    256 masses sum to one.

    Args:
        location, log_scale: (..., 1, 28, 28).
    """

    def __init__(self, location: Tensor, log_scale: Tensor) -> None:
        self.location, self.log_scale = location, log_scale

    @property
    def mean(self) -> Tensor:
        """The location kept in [0, 1]: the median, and the mean but for what the edges cut off."""
        return self.location.clamp(0, 1)

    def log_prob(self, x: Tensor) -> Tensor:
        """Log-mass of the levels nearest to x in nats, (...)."""
        return self.log_mass(x).sum(PIXEL_DIMS)

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
        u = _uniform(self.location, generator).clamp(1e-6, 1 - 1e-6)
        drawn = self.location + torch.exp(self.log_scale) * (torch.log(u) - torch.log1p(-u))
        return torch.round(drawn.clamp(0, 1) * (LEVELS - 1)) / (LEVELS - 1)


def _uniform(like: Tensor, generator: torch.Generator | None) -> Tensor:
    return torch.rand(like.shape, generator=generator, device=like.device, dtype=like.dtype)


class BernoulliHead(nn.Module):
    """Logits in, Bernoulli out."""

    channels = 1

    def forward(self, out: Tensor) -> Bernoulli:
        return Bernoulli(out)


class ContinuousHead(nn.Module):
    """Squared error, Gaussian or Laplace around the decoder's output, or its sigmoid."""

    channels = 1

    def __init__(self, kind: str, link: str, scale: float) -> None:
        super().__init__()
        self.kind, self.link = kind, link
        log_scale = torch.tensor(math.log(scale))
        if kind == "gaussian-learned":
            self.log_scale = nn.Parameter(log_scale)
        else:
            # What the config fixes is no weight: it is not saved.
            self.register_buffer("log_scale", log_scale, persistent=False)

    def forward(self, out: Tensor) -> SquaredError | Gaussian | Laplace:
        mean = torch.sigmoid(out) if self.link == "sigmoid" else out
        if self.kind == "squared-error":
            return SquaredError(mean)
        scale = torch.exp(self.log_scale)
        return Laplace(mean, scale) if self.kind == "laplace" else Gaussian(mean, scale)


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


def build_likelihood(config: Config) -> nn.Module:
    """The module that turns the decoder's output into p(x|z); `channels` says what it needs."""
    kind = config.likelihood
    if kind == "bernoulli":
        return BernoulliHead()
    if kind == "discretized-logistic":
        return LogisticHead()
    if kind == "pixelcnn":
        from vae_core.probability.pixelcnn import PixelCNN

        return PixelCNN()
    return ContinuousHead(kind, config.link, config.scale)
