"""Each pixel black or white, independently given z; on grey pixels, cross-entropy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import ClassVar, Protocol

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from vae_core.probability.likelihoods.pixelwise import PixelWise
from vae_core.probability.likelihoods.registry import register, uniform


class Bernoulli(PixelWise):
    """Each pixel on with probability sigmoid(logit), independently given z.

    For grey x in [0, 1] `log_prob` is the negative cross-entropy: the usual training loss on
    real-valued MNIST, yet not a normalised likelihood.

    Args:
        logits: (..., 1, 28, 28).
    """

    formula: ClassVar[str] = "log(1 + exp(l)) - x * l"

    def __init__(self, logits: Tensor) -> None:
        self.logits = logits

    @property
    def mean(self) -> Tensor:
        """Probability of white in [0, 1], shaped as the logits."""
        return torch.sigmoid(self.logits)

    def log_probs(self, x: Tensor) -> Tensor:
        """Each pixel's share in nats; x broadcasts against the logits."""
        score: Tensor = _BernoulliScore.apply(self.logits, x)[0]  # type: ignore[assignment]
        return score

    def parameters(self, x: Tensor) -> Mapping[str, Tensor]:
        """The logits l."""
        return {"l": self.logits}

    @classmethod
    def scorer(cls) -> Callable[..., object]:
        """Its own way of computing them, written below."""
        return _BernoulliScore.forward

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """A binary picture drawn pixel by pixel, shaped as the logits."""
        probabilities = self.mean
        # rand < p, since torch.bernoulli is three times slower on a CPU.
        return (uniform(probabilities, generator) < probabilities).to(probabilities.dtype)


class _Context(Protocol):
    """What torch remembers between the two directions."""

    saved_tensors: tuple[Tensor, Tensor, Tensor]
    needs_input_grad: tuple[bool, bool]

    def mark_non_differentiable(self, *tensors: Tensor) -> None: ...

    def save_for_backward(self, *tensors: Tensor) -> None: ...


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
    def setup_context(
        ctx: _Context, inputs: tuple[Tensor, Tensor], output: tuple[Tensor, Tensor]
    ) -> None:
        logits, x = inputs
        ctx.mark_non_differentiable(output[1])
        ctx.save_for_backward(logits, x, output[1])

    # One gradient for each output of `forward`, where torch's own type says any number of them.
    @staticmethod
    @once_differentiable
    def backward(  # pyright: ignore[reportIncompatibleMethodOverride]
        ctx: _Context, gradient: Tensor, _: Tensor
    ) -> tuple[Tensor | None, Tensor | None]:
        logits, x, on = ctx.saved_tensors
        of_logits = (gradient * (x - on)).sum_to_size(logits.shape)
        needs_x = ctx.needs_input_grad[1]
        return of_logits, (gradient * logits).sum_to_size(x.shape) if needs_x else None


@register(
    "bernoulli",
    binary="allowed",
    quantity="cross-entropy",
    is_normalised=False,
    suits=("vae", "ae"),
)
class BernoulliHead(nn.Module):
    """Logits in, Bernoulli out."""

    channels = 1

    def forward(self, out: Tensor) -> Bernoulli:
        return Bernoulli(out)
