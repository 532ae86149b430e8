"""What search looks through: codes of training digits, a model at a time, and their pixels.

The codes of all 60,000 lie beside the weights of one model. Those of any other are encoded when
first asked for, a piece at a time, of the digits that are at hand.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import torch

from vae_core import runtime
from vae_core.app.service.models import Models
from vae_core.data.digits import Digits, load_mnist
from vae_core.data.shipped import shipped
from vae_core.explore.posterior_means import posterior_means
from vae_core.uses import codes as kept
from vae_core.uses import search
from vae_core.uses.codes import Codes
from vae_core.uses.search import Index

PIECE = 125
"""Digits encoded at once."""
SECONDS = 0.2
"""That one call may spend."""
CAPACITY = 8
"""Models whose codes are kept."""


@dataclass(eq=False)
class Shelf:
    """Codes of one model on their way into an index; `places` are rows of the training split."""

    codes: Codes
    places: torch.Tensor
    done: int
    index: Index | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return self.done / len(self.places)


class TrainingCodes:
    """The indices of the models that were asked for last.

    Args:
        models: whose queue for heavy work is shared.
        data: the folder of MNIST; None searches the training digits that ship.

    Raises:
        ValueError: the folder holds no training digits.
    """

    def __init__(self, models: Models, data: Path | None = None) -> None:
        self.models = models
        self._named = None if data is None else load_mnist("train", data)
        self._shelves: OrderedDict[str, Shelf] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def digits(self) -> Digits:
        """The training digits at hand."""
        return self._named or shipped("train")

    @cached_property
    def rows(self) -> dict[int, int]:
        """Where a digit of the training split stands among those at hand."""
        places = runtime.whole_numbers(self.digits.places)
        return {place: row for row, place in enumerate(places)}

    @cached_property
    def pixels(self) -> Index:
        """An index of the pixels of the digits at hand."""
        return search.by_pixels(self.digits)

    def advance(self, checkpoint: object) -> float:
        """Encode some more digits; the share that is done, 0 to 1."""
        shelf, until = self._shelf(checkpoint), time.monotonic() + SECONDS
        while shelf.done < len(shelf.places) and time.monotonic() < until:
            with self.models.at_work(), shelf.lock:
                self._encode(checkpoint, shelf)
        return shelf.share

    def whole(self, checkpoint: object) -> tuple[Index, Shelf]:
        """The index of a model whose codes are done.

        Raises:
            ValueError: they are not, or no longer kept.
        """
        shelf = self._shelf(checkpoint)
        with self.models.at_work(), shelf.lock:
            if shelf.share < 1:
                raise ValueError("The codes of this model are not ready yet; open it again.")
            shelf.index = shelf.index or search.by_code(shelf.codes)
            return shelf.index, shelf

    def _encode(self, checkpoint: object, shelf: Shelf) -> None:
        """The next piece; the lock is held."""
        if shelf.done >= len(shelf.places):
            return
        piece = torch.arange(shelf.done, min(shelf.done + PIECE, len(shelf.places)))
        model = self.models.registry.get(checkpoint)
        means = posterior_means(model, self.digits.at(piece), self.models.device)
        shelf.codes.means[piece] = means.float()
        shelf.done += len(piece)

    def _shelf(self, checkpoint: object) -> Shelf:
        name = self.models.registry.check(checkpoint)
        with self._lock:
            if name not in self._shelves:
                self._shelves[name] = self._begun(name)
            self._shelves.move_to_end(name)
            for gone in [each for each in self._shelves if not self.models.registry.knows(each)]:
                del self._shelves[gone]  # a visitor's model that was dropped
            while len(self._shelves) > CAPACITY:
                self._shelves.popitem(last=False)
            return self._shelves[name]

    def _begun(self, name: str) -> Shelf:
        registry = self.models.registry
        found = None if registry.is_own(name) else kept.read(registry.folder(name))
        if found is not None:
            return Shelf(found, torch.arange(len(found.labels)), len(found.labels))
        empty = torch.zeros(len(self.digits), registry.card(name)["latent_dim"])
        return Shelf(Codes(empty, self.digits.labels), self.digits.places, 0)
