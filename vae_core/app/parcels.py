"""Pictures on their way in: held in memory, bounded, each handed over once.

The body of a request is read as it comes (`limits`), and a picture in it is put aside here under a
name that nobody can guess. What Gradio then parses, copies and queues is the name.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

HEAD = "parcel:"
LIMIT = 96 * 2**20
"""Bytes held in all: two of the largest bodies, a dozen photos."""

SECONDS = 60.0
"""A parcel that nobody has opened by then is gone."""

GONE = "The picture is gone; please send it again."
CROWDED = "Many pictures are being sent; please try again in a moment."


class DroppedError(ValueError):
    """There is no room for this parcel, with a sentence for the visitor."""


@dataclass(eq=False)
class Parcel:
    """One picture, growing while it arrives.

    Attributes:
        visitor: whose it is.
        content: the text so far, as it stands in JSON between its quotes.
        since: when it began, in seconds.
        whole: whether it is all here.
    """

    visitor: str
    content: bytearray = field(default_factory=bytearray)
    since: float = field(default_factory=time.monotonic)
    whole: bool = False


class Parcels:
    """All parcels of a server.

    Args:
        limit: bytes held in all. Past that the address that holds most gives up what it began
            first and has not finished.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._held: dict[str, Parcel] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def held(self) -> int:
        """Bytes held now."""
        return self._bytes

    def begin(self, visitor: str) -> str:
        """The name of a new, empty parcel."""
        name = HEAD + secrets.token_urlsafe(16)
        with self._lock:
            self._held[name] = Parcel(visitor)
        return name

    def add(self, name: str, more: bytes) -> None:
        """Append to the parcel.

        Raises:
            DroppedError: it had to make room, or there is none.
        """
        with self._lock:
            parcel = self._held.get(name)
            if parcel is None or not self._fits(parcel, len(more)):
                raise DroppedError(CROWDED)
            parcel.content += more
            self._bytes += len(more)

    def finish(self, name: str) -> None:
        """Say that all of it is here."""
        with self._lock:
            if name in self._held:
                self._held[name].whole = True

    def take(self, name: str) -> bytes:
        """The content of a whole parcel, which is gone from here afterwards.

        Raises:
            ValueError: there is none of that name.
        """
        with self._lock:
            parcel = self._held.get(name)
            if parcel is None or not parcel.whole:
                raise ValueError(GONE)
            self._remove(name)
        return bytes(parcel.content)

    def drop(self, name: str) -> None:
        """Let go of a parcel, taken or not."""
        with self._lock:
            self._remove(name)

    def sweep(self, seconds: float = SECONDS) -> None:
        """Let go of whole parcels older than `seconds`."""
        oldest = time.monotonic() - seconds
        with self._lock:
            for name in [n for n, p in self._held.items() if p.whole and p.since < oldest]:
                self._remove(name)

    def _fits(self, parcel: Parcel, more: int) -> bool:
        while self._bytes + more > self.limit:
            name = self._first_to_go()
            if name is None or self._held[name] is parcel:
                return False
            self._remove(name)
        return True

    def _first_to_go(self) -> str | None:
        held: Counter[str] = Counter()
        for each in self._held.values():
            held[each.visitor] += len(each.content)
        for visitor, _ in held.most_common():
            growing = [n for n, p in self._held.items() if p.visitor == visitor and not p.whole]
            if growing:
                return min(growing, key=lambda name: self._held[name].since)
        return None

    def _remove(self, name: str) -> None:
        parcel = self._held.pop(name, None)
        if parcel is not None:
            self._bytes -= len(parcel.content)


HERE = Parcels()
"""Those of this server."""
