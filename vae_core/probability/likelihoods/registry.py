"""Likelihoods by name: what builds each, and what other code asks about it.

A likelihood is one file of this package. Its head is a module that takes the decoder's output
(..., channels, 28, 28), says how many `channels` it needs, and returns p(x|z): an object with
`log_prob`, `mean` and `sample`, x and the mean in [0, 1], `log_prob` summed over the pixels. The
head is registered with its capabilities; no other file lists names.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypedDict, TypeVar, Unpack

import torch
from torch import Tensor

from vae_core.probability.protocols import Head

HeadClass = TypeVar("HeadClass", bound=Callable[..., Head])
PIXEL_DIMS = (-3, -2, -1)

Quantity = Literal["binary", "cross-entropy", "density", "levels", "squared-error"]


Binary = Literal["refused", "allowed", "required"]
Suits = tuple[Literal["vae", "ae"], ...]


@dataclass(frozen=True, kw_only=True)
class Likelihood:
    """One kind of p(x|z) and its capabilities."""

    name: str
    head: Callable[..., Head]
    takes: tuple[str, ...] = ()
    """Settings of the config that the head is built with."""
    binary: Binary = "refused"
    """Whether it is trained on black-or-white pixels."""
    quantity: Quantity
    """What its distortion counts on grey pixels; see `quantity_of`."""
    is_normalised: bool = True
    """Whether exp(log_prob) of grey pixels is a probability or a density."""
    suits: Suits = ("vae",)
    """Variational models, deterministic ones, or both."""
    is_slow: bool = False
    """Whether its pixels are drawn one after the other."""

    @property
    def takes_binary(self) -> bool:
        """Whether black-or-white pixels have a probability under it."""
        return self.binary != "refused"

    def quantity_of(self, binarisation: str) -> Quantity:
        """What the distortion counts; figures of different quantities do not compare.

        `binary`: nats of pixels drawn black or white, a likelihood. `cross-entropy`: the same
        formula on grey pixels, which is none. `density`: of continuous pixels, which can be
        negative. `levels`: probability of the 256 grey levels. `squared-error`: half of it, in no
        unit of information.
        """
        return "binary" if binarisation == "dynamic" else self.quantity


LIKELIHOODS: dict[str, Likelihood] = {}


class Capabilities(TypedDict, total=False):
    """The fields of `Likelihood` that a registration may name; `quantity` it must."""

    takes: tuple[str, ...]
    binary: Binary
    is_normalised: bool
    suits: Suits
    is_slow: bool


def register(
    name: str, *, quantity: Quantity, **capabilities: Unpack[Capabilities]
) -> Callable[[HeadClass], HeadClass]:
    """Register a head under `name`, with the fields of `Likelihood` as its capabilities."""

    def add(head: HeadClass) -> HeadClass:
        LIKELIHOODS[name] = Likelihood(name=name, head=head, quantity=quantity, **capabilities)
        return head

    return add


def uniform(like: Tensor, generator: torch.Generator | None) -> Tensor:
    """Uniform numbers in [0, 1), shaped as `like`, on its device."""
    return torch.rand(like.shape, generator=generator, device=like.device, dtype=like.dtype)
