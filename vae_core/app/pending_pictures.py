"""Pictures on their way in: held in memory, bounded, each handed over once.

The body of a request is read as it comes (`server.body_reader`), and a picture in it is put aside
here under a name that nobody can guess. What Gradio then parses, copies and queues is the name.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

HEAD = "pending:"
LIMIT = 96 * 2**20
"""Bytes held in all: two of the largest bodies, a dozen photos."""

SECONDS = 60.0
"""A picture that nobody has opened by then is gone."""

GONE = "The picture is gone; please send it again."
CROWDED = "Many pictures are being sent; please try again in a moment."


class DroppedError(ValueError):
    """There is no room for this picture, with a sentence for the visitor."""


@dataclass(eq=False)
class Pending:
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


class PendingPictures:
    """All pictures that a server holds.

    Args:
        limit: bytes held in all. Past that the address that holds most gives up what it began
            first and has not finished.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self._held: dict[str, Pending] = {}
        self._bytes = 0
        self._lock = threading.Lock()

    @property
    def held(self) -> int:
        """Bytes held now."""
        return self._bytes

    def begin(self, visitor: str) -> str:
        """The name of a new, empty picture."""
        name = HEAD + secrets.token_urlsafe(16)
        with self._lock:
            self._held[name] = Pending(visitor)
        return name

    def add(self, name: str, more: bytes) -> None:
        """Append to the picture.

        Raises:
            DroppedError: it had to make room, or there is none.
        """
        with self._lock:
            pending = self._held.get(name)
            if pending is None or not self._fits(pending, len(more)):
                raise DroppedError(CROWDED)
            pending.content += more
            self._bytes += len(more)

    def finish(self, name: str) -> None:
        """Say that all of it is here."""
        with self._lock:
            if name in self._held:
                self._held[name].whole = True

    def take(self, name: str) -> bytes:
        """The content of a whole picture, which is gone from here afterwards.

        Raises:
            ValueError: there is none of that name.
        """
        with self._lock:
            pending = self._held.get(name)
            if pending is None or not pending.whole:
                raise ValueError(GONE)
            self._remove(name)
        return bytes(pending.content)

    def drop(self, name: str) -> None:
        """Let go of a picture, taken or not."""
        with self._lock:
            self._remove(name)

    def sweep(self, seconds: float = SECONDS) -> None:
        """Let go of whole pictures older than `seconds`."""
        oldest = time.monotonic() - seconds
        with self._lock:
            for name in [n for n, p in self._held.items() if p.whole and p.since < oldest]:
                self._remove(name)

    def _fits(self, pending: Pending, more: int) -> bool:
        while self._bytes + more > self.limit:
            name = self._first_to_go()
            if name is None or self._held[name] is pending:
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
        pending = self._held.pop(name, None)
        if pending is not None:
            self._bytes -= len(pending.content)


HERE = PendingPictures()
"""Those of this server."""
