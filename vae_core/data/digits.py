"""MNIST as uint8 tensors held in memory, gathered by index: no per-item work, no workers."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from vae_core import runtime
from vae_core.config import CorruptionConfig
from vae_core.data import idx

AHEAD = 16
"""Batches gathered at a time: their rows lie all over memory, and one call waits less than 16."""

SPLITS = {"train": ("train", 60_000), "test": ("t10k", 10_000)}


@dataclass(frozen=True)
class Digits:
    """Digits of one split: images uint8 (n, 1, 28, 28), white on black, labels int64 (n,).

    `places` int64 (n,) are their indices in the split.
    """

    images: Tensor
    labels: Tensor
    places: Tensor

    def __len__(self) -> int:
        return len(self.images)

    def to(self, device: torch.device) -> Digits:
        """The same digits held on `device`: 47 MB for the training split."""
        return Digits(self.images.to(device), self.labels.to(device), self.places)

    def floats(self, index: Tensor | slice | None = None) -> Tensor:
        """The chosen digits as x: float32 (b, 1, 28, 28) in [0, 1]."""
        return to_floats(self.images if index is None else self.images[index])

    def every(self, limit: int | None) -> Digits:
        """About `limit` test digits spread evenly over the split; see `drawn` for training digits.

        The first test digits are easier than the last, so a prefix would flatter a model.

        Raises:
            ValueError: `limit` is not between 1 and the split's size.
        """
        if limit is None or limit == len(self):
            return self
        if not 1 <= limit <= len(self):
            raise ValueError(f"limit is {limit}; it must be between 1 and {len(self)}.")
        return self.at(torch.arange(limit) * (len(self) // limit))

    def drawn(self, count: int, seed: int = 0) -> Digits:
        """`count` digits that stand for the whole split: the first of a seeded permutation.

        MNIST's training digits alternate between two groups of writers by the parity of their
        place (mean ink 0.123 and 0.139), so every sixth of them is one group alone.

        Raises:
            ValueError: `count` is not between 1 and the split's size.
        """
        if not 1 <= count <= len(self):
            raise ValueError(f"count is {count}; it must be between 1 and {len(self)}.")
        return self.at(permutation(len(self), seed)[:count])

    def at(self, index: Tensor) -> Digits:
        """The digits at `index`, int64 (b,), with their places in the split."""
        return Digits(self.images[index], self.labels[index], self.places[index])


def permutation(count: int, seed: int = 0) -> Tensor:
    """0 to `count` - 1 in an order that is a function of the seed, int64 (count,)."""
    return torch.randperm(count, generator=runtime.generator("cpu", seed, 8))


def hold_out(digits: Digits, count: int = 1000) -> tuple[Digits, Digits]:
    """The digits without `count` of them, and those: for choosing between settings.

    Settings are chosen on digits cut from the training split, never on the test split. Which
    ones is settled by a permutation of its own, the same in every run; both parts keep the
    digits' order.

    Raises:
        ValueError: `count` is not between 1 and one less than there are.
    """
    if not 1 <= count < len(digits):
        raise ValueError(f"count is {count}; it must be between 1 and {len(digits) - 1}.")
    order = torch.randperm(len(digits), generator=runtime.generator("cpu", 0, 9))
    held, rest = order[:count].sort().values, order[count:].sort().values
    return digits.at(rest), digits.at(held)


def cache_dir() -> Path:
    """Where MNIST is kept when no folder is named: the user's cache.

    Raises:
        ValueError: the user has no home folder.
    """
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError as error:
        raise ValueError(
            "this user has no home folder for the cache; name one in XDG_CACHE_HOME, "
            "or the folder of the data with --data."
        ) from error
    return Path(base) / "vae_core"


def load_mnist(split: str, root: str | Path | None = None, *, download: bool = False) -> Digits:
    """One split of MNIST from `root`/MNIST/raw, as torchvision lays it out.

    Args:
        split: `train` (60,000 digits) or `test` (10,000).
        root: the folder that holds MNIST/raw; the package's cache folder when None.
        download: fetch what is missing, through torchvision.

    Raises:
        ValueError: the files are not there, or are not MNIST.
    """
    return load_idx("mnist", split, root, download=download)


def load_idx(
    name: str, split: str, root: str | Path | None = None, *, download: bool = False
) -> Digits:
    """As `load_mnist`, of any set in `idx.FILES`."""
    folder = Path(root) if root is not None else cache_dir()
    images, labels = idx.read(name, split, folder, download=download)
    return Digits(images, labels, torch.arange(len(images)))


def to_floats(images: Tensor) -> Tensor:
    """uint8 pixels as x: float32 in [0, 1], shaped as they are."""
    return images.float().div_(255)


def binarise(x: Tensor, generator: torch.Generator | None = None) -> Tensor:
    """A fresh draw of each pixel, on with probability x; shaped as x."""
    # rand < p, since torch.bernoulli is three times slower on a CPU.
    noise = torch.rand(x.shape, generator=generator, device=x.device, dtype=x.dtype)
    return (noise < x).to(x.dtype)


def corrupt(
    x: Tensor, config: CorruptionConfig, generator: torch.Generator | None = None
) -> Tensor:
    """A damaged copy of x in [0, 1], shaped as x: what a denoising autoencoder is shown."""
    if config.kind == "gaussian":
        noise = torch.randn(x.shape, generator=generator, device=x.device, dtype=x.dtype)
        return (x + config.level * noise).clamp(0, 1)
    u = torch.rand(x.shape, generator=generator, device=x.device, dtype=x.dtype)
    if config.kind == "masking":
        return x * (u >= config.level)
    # One draw says both whether and what: below half of the level black, up to the level white.
    return torch.where(u < config.level, (u >= config.level / 2).to(x.dtype), x)


def batches(
    digits: Digits,
    size: int,
    generator: torch.Generator,
    *,
    start: int = 0,
) -> Iterator[tuple[Tensor, Tensor]]:
    """One epoch in a fresh order: images and labels, `size` digits at a time.

    A short rest is left out.

    Args:
        digits: the split.
        size: digits a batch, over all processes.
        generator: of the order.
        start: the batch to begin with, for an epoch that goes on.
    """
    for chosen in batch_rows(len(digits), size, generator)[start:].split(AHEAD):
        flat = chosen.flatten()
        images = digits.images.index_select(0, flat).unflatten(0, chosen.shape)
        yield from zip(images, digits.labels.index_select(0, flat).view_as(chosen), strict=True)


def batch_rows(count: int, size: int, generator: torch.Generator) -> Tensor:
    """Which of `count` digits each batch of an epoch takes, (batches, size), on its device."""
    order = torch.randperm(count, generator=generator, device=generator.device)
    return order[: count // size * size].view(-1, size)
