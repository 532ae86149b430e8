"""Counts that only grow, by a name, from many threads."""

from __future__ import annotations

import threading
from collections import Counter


class Tally:
    """How often each of a few names came up since the start."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, name: str, count: int = 1) -> None:
        """Count `name` once, or `count` times."""
        with self._lock:
            self._counts[name] += count

    def counts(self) -> dict[str, int]:
        """The counts by name, as they stand now."""
        with self._lock:
            return dict(self._counts)
