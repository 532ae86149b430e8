"""A bounded queue for heavy work, so that one visitor's pictures do not stall another's drag."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager


class Limiter:
    """Lets a few callers in at once and a bounded number wait; the rest are refused.

    A place goes to whoever waits longest: a thread that comes back at once cannot overtake.

    Args:
        running: callers inside at once; by default all cores but one, which stays with the
            live decodes.
        waiting: callers that may wait; one more is refused.
        longest_wait: in seconds.
    """

    def __init__(
        self, running: int | None = None, waiting: int = 48, longest_wait: float = 30.0
    ) -> None:
        self._free = running or max(1, (os.cpu_count() or 2) - 1)
        self._queue: deque[threading.Event] = deque()
        self._lock = threading.Lock()
        self._places = waiting
        self.longest_wait = longest_wait

    @property
    def waiting(self) -> int:
        """Callers that wait now."""
        return len(self._queue)

    @contextmanager
    def __call__(self) -> Generator[None]:
        """Hold a place inside.

        Raises:
            ValueError: too many callers wait already, or the wait grew too long.
        """
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._lock:
            if self._free and not self._queue:
                self._free -= 1
                return
            if len(self._queue) >= self._places:
                raise ValueError("Many pictures are being worked on; please try again in a moment.")
            place = threading.Event()
            self._queue.append(place)
        if place.wait(self.longest_wait):
            return
        with self._lock:
            if place in self._queue:
                self._queue.remove(place)
                raise ValueError("The server is busy; please try again in a moment.")
        # The place was handed over in the last moment.

    def _leave(self) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().set()  # the place changes hands, it is never free between
            else:
                self._free += 1
