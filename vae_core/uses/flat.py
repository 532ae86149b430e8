"""Flat maps: what is left of who is near whom when test digits have two numbers each.

2,000 of the 10,000 test digits are shown. t-SNE places only what it was laid out with, all 10,000
together: that of pixels ships, since no model changes it; `python -m vae_core.uses.flat` makes it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from vae_core import files
from vae_core.data.digits import Digits, permutation
from vae_core.data.shipped import COUNT, shipped
from vae_core.explore import tsne
from vae_core.probability.shapes import Float, Int

SHOWN, NEAREST = 2000, 10
FILE = files.ASSETS / "mnist-test-tsne.safetensors"


@dataclass(frozen=True)
class Flat:
    """Digits on a plane.

    Attributes:
        places: whole numbers of 16 bits (n, 2), within +-`tsne.LARGEST`.
        centre: what stands at 0, (2,).
        scale: plane units that `tsne.LARGEST` stands for.
        right: share of the digits whose `NEAREST` others vote for their class.
        sem: its standard error.
    """

    places: Int[Tensor, "n 2"]
    centre: Float[Tensor, "two=2"]
    scale: float
    right: float
    sem: float

    def place(self, spot: Float[Tensor, "two=2"]) -> Float[Tensor, "two=2"]:
        """Where a spot of the plane stands; within +-1 where the digits are."""
        return (spot - self.centre) / self.scale


@cache
def digits() -> Digits:
    """The test digits that are shown, the first of a seeded permutation."""
    return shipped("test").drawn(SHOWN)


def laid(spots: Float[Tensor, "n 2"], labels: Int[Tensor, " n"]) -> Flat:
    """Spots of digits with their classes, as large as the frame takes."""
    centre = (spots.amax(0) + spots.amin(0)) / 2
    scale = float((spots - centre).abs().max().clamp_min(1e-6))
    places = ((spots - centre) * (tsne.LARGEST / scale)).round().to(torch.int16)
    right = 1 - tsne.vote_error(spots, labels, NEAREST)
    return Flat(places, centre, scale, right, math.sqrt(right * (1 - right) / (len(spots) - 1)))


def by_tsne(places: Int[Tensor, "n 2"]) -> Flat:
    """The shown ones of the places of all test digits, (10,000, 2)."""
    return laid(places[permutation(COUNT)[:SHOWN]].float(), digits().labels)


def pixels_tsne(path: Path = FILE) -> Int[Tensor, "n 2"]:
    """The shipped t-SNE of the pixels of all test digits, int16 (10,000, 2).

    Raises:
        ValueError: the file is missing or damaged.
    """
    places = files.read_tensors(path).get("tsne")
    if places is None or places.shape != (COUNT, 2) or places.dtype != torch.int16:
        raise ValueError(f"{path} is damaged: it does not hold the places of {COUNT} digits.")
    return places


def make(path: Path = FILE) -> None:
    """Lay out the pixels of all test digits, seed 0; takes minutes."""
    places = tsne.embed(shipped("test").floats().flatten(1))
    files.write_tensors(path, {"tsne": tsne.whole(places)}, {})


if __name__ == "__main__":
    make()
