"""The codes of the test digits that ship, encoded when first asked for, a piece at a time.

Encoding all of them takes a model from 0.1 to 6 seconds; a call does a fifth of a second of it and
says how far it is, so that other visitors get their turns between. All visitors share the result.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass, field

import torch
from torch import Tensor

from vae_core.app.service.models import Models
from vae_core.explore.posterior_means import slider_codes

PIECE = 125
"""Digits encoded at once."""
SECONDS = 0.2
"""That one call may spend."""
LIMIT = 160 * 2**20
"""Bytes of codes that are kept; the longest codes of a model have 57 MB."""

NOT_YET = "The codes of this model are not ready yet; open the map again."


@dataclass(eq=False)
class Book:
    """The codes of one model: posterior means (n, d), where the sliders stand for them, u (n, d),
    and for a draw of each posterior, None for points."""

    means: Tensor
    u: Tensor
    drawn: Tensor | None = None
    done: int = 0
    noise: torch.Generator = field(default_factory=torch.Generator)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def share(self) -> float:
        """How much is done, 0 to 1."""
        return self.done / len(self.u)

    @property
    def size(self) -> int:
        """Bytes, once there are draws too."""
        return 3 * self.u.nbytes


class Codebook:
    """The codes of the models that were asked for last.

    Args:
        models: whose digits are encoded; its queue for heavy work is shared.
        limit: bytes kept.
    """

    def __init__(self, models: Models, limit: int = LIMIT) -> None:
        self.models, self.limit = models, limit
        self._books: OrderedDict[str, Book] = OrderedDict()
        self._lock = threading.Lock()

    def advance(self, checkpoint: object) -> float:
        """Encode some more digits; returns the share that is done, 0 to 1."""
        book, until = self._book(checkpoint), time.monotonic() + SECONDS
        while book.done < len(book.u) and time.monotonic() < until:
            with self.models.at_work(), book.lock:
                self._encode(checkpoint, book)
        return book.share

    def whole(self, checkpoint: object) -> Book:
        """The codes of all digits.

        Raises:
            ValueError: they are not encoded yet, or no longer kept.
        """
        book = self._book(checkpoint)
        if book.done < len(book.u):
            raise ValueError(NOT_YET)
        return book

    def is_ready(self, checkpoint: object) -> bool:
        """Whether `whole` would answer at once; true of what is no checkpoint, which is refused."""
        if not isinstance(checkpoint, str) or not self.models.registry.knows(checkpoint):
            return True
        book = self._books.get(checkpoint)
        return book is not None and book.share == 1

    def _encode(self, checkpoint: object, book: Book) -> None:
        """The next piece; the lock is held."""
        if book.done >= len(book.u):
            return
        model = self.models.registry.get(checkpoint)
        place = slice(book.done, book.done + PIECE)
        with torch.inference_mode():
            images = self.models.test_pictures(checkpoint).images[place]
            means, u, drawn = slider_codes(model, images, book.noise)
        book.means[place], book.u[place] = means, u
        if drawn is not None:
            if book.drawn is None:
                book.drawn = torch.empty_like(book.u)
            book.drawn[place] = drawn
        book.done += len(u)

    def _book(self, checkpoint: object) -> Book:
        name = self.models.registry.check(checkpoint)
        with self._lock:
            if name not in self._books:
                count, length = (
                    len(self.models.test_pictures(name)),
                    self.models.card(name)["latent_dim"],
                )
                shape = count, length
                self._books[name] = Book(torch.zeros(shape), torch.zeros(shape))
            self._books.move_to_end(name)
            for gone in [each for each in self._books if not self.models.registry.knows(each)]:
                del self._books[gone]  # a visitor's model that was dropped
            while len(self._books) > 1 and self._held() > self.limit:
                self._books.popitem(last=False)
            return self._books[name]

    def _held(self) -> int:
        return sum(book.size for book in self._books.values())
