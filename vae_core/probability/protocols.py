"""What the distributions of a model can do, whatever they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, TypeGuard, runtime_checkable

import torch
from torch import Tensor


class Posterior(Protocol):
    """q(z|x) of b pictures, or the one code of each."""

    @property
    def mean(self) -> Tensor:
        """(b, d)."""
        ...

    def at(self, eps: Tensor) -> Tensor:
        """The draws (..., b, d) that standard normal noise eps (..., b, d) stands for."""
        ...

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """One draw each, (b, d)."""
        ...


class Prior(Protocol):
    """p(z), with the coordinates u that the sliders move.

    Labels y (...) mean something to a labelled prior alone; any other ignores them.
    """

    @property
    def factorises(self) -> bool:
        """Whether the rate can be given dimension by dimension."""
        ...

    def log_prob(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """Log-density of z (..., d) in nats, (...)."""
        ...

    def to_sliders(self, z: Tensor, y: Tensor | None = None) -> Tensor:
        """The position u (..., d) of the sliders that stands for z."""
        ...

    def from_sliders(self, u: Tensor, y: Tensor | None = None) -> Tensor:
        """The latent z (..., d) that the sliders' position u stands for."""
        ...


class RotatablePrior(Prior, Protocol):
    """A prior whose sliders may lie along any orthonormal axes."""

    @property
    def axes(self) -> Tensor:
        """The directions (d, d) of the sliders, one a column."""
        ...

    def rotate(self, axes: Tensor) -> None:
        """Lay the sliders along the columns of `axes` (d, d)."""
        ...


def can_rotate(prior: Prior) -> TypeGuard[RotatablePrior]:
    """Whether the sliders of a prior may lie along any axes.

    `isinstance` looks at a class and an object's own dictionary alone from Python 3.12 on, where a
    module's buffer, such as the axes, is not.
    """
    return hasattr(prior, "axes") and hasattr(prior, "rotate")


class DrawnPrior(Prior, Protocol):
    """A prior whose sliders are not its noise: it draws by itself."""

    def draw(self, n: int, *, generator: torch.Generator, temperature: float = 1.0) -> Tensor:
        """Latents (n, d) whose randomness is scaled by `temperature`, 1 for the prior itself."""
        ...


def can_draw(prior: Prior) -> TypeGuard[DrawnPrior]:
    """Whether draws come from the prior itself, and not from noise where the sliders stand."""
    return hasattr(prior, "draw")


class BegunPrior(Prior, Protocol):
    """A prior made of pictures that it learns, and which begin as digits."""

    def begin(self, x: Tensor) -> None:
        """Takes pictures (k, 1, 28, 28) in [0, 1] to begin with."""
        ...


def can_begin(prior: Prior) -> TypeGuard[BegunPrior]:
    """Whether the prior learns pictures that should begin as digits."""
    return hasattr(prior, "begin")


class FittedPrior(Prior, Protocol):
    """A prior whose sliders are laid around the codes of digits after training."""

    def fit(self, codes: Tensor) -> None:
        """Takes their place and spread from codes (n, d)."""
        ...


def can_fit(prior: Prior) -> TypeGuard[FittedPrior]:
    """Whether the codes of digits say where the sliders stand."""
    return hasattr(prior, "fit")


@runtime_checkable
class LabelledPrior(Prior, Protocol):
    """A prior that is a mixture over labels."""

    classes: int

    def class_log_probs(self, z: Tensor) -> Tensor:
        """log p(z|y) + log p(y) of z (..., d) in nats, (..., classes)."""
        ...


class PixelDistribution(Protocol):
    """p(x|z) over pictures (..., 1, 28, 28)."""

    @property
    def mean(self) -> Tensor:
        """(..., 1, 28, 28)."""
        ...

    def log_prob(self, x: Tensor) -> Tensor:
        """Log-probability or log-density of x in nats, summed over the pixels, (...)."""
        ...

    def log_probs(self, x: Tensor) -> Tensor:
        """Each pixel's share of `log_prob`, (..., 1, 28, 28)."""
        ...

    def parameters(self, x: Tensor) -> Mapping[str, Tensor]:
        """What decides each pixel's share, by its symbol in the distribution's `formula`."""
        ...

    def sample(self, generator: torch.Generator | None = None) -> Tensor:
        """A draw, shaped as the mean."""
        ...


class Head(Protocol):
    """A decoder's output (..., channels, 28, 28) -> p(x|z)."""

    @property
    def channels(self) -> int:
        """How many channels the decoder must give."""
        ...

    def __call__(self, out: Tensor, /) -> PixelDistribution: ...
