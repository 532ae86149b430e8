"""A bounded queue for heavy work, so that one visitor's pictures do not stall another's drag."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Lets a few callers in at once and a bounded number wait; the rest are told to come back.

    Args:
        running: callers inside at once; by default all cores but one, which stays with the
            live decodes.
        waiting: callers that may wait; one more is refused.
        patience: longest wait, in seconds.
    """

    def __init__(
        self, running: int | None = None, waiting: int = 48, patience: float = 30.0
    ) -> None:
        self._inside = threading.BoundedSemaphore(running or max(1, (os.cpu_count() or 2) - 1))
        self._places = threading.BoundedSemaphore(waiting)
        self.patience = patience
        self.waiting = 0

    @contextmanager
    def __call__(self) -> Iterator[None]:
        """Hold a place inside.

        Raises:
            ValueError: too many callers wait already, or the wait grew too long.
        """
        if not self._inside.acquire(blocking=False):
            self._wait()
        try:
            yield
        finally:
            self._inside.release()

    def _wait(self) -> None:
        if not self._places.acquire(blocking=False):
            raise ValueError("Many pictures are being worked on; please try again in a moment.")
        self.waiting += 1
        try:
            if not self._inside.acquire(timeout=self.patience):
                raise ValueError("The server is busy; please try again in a moment.")
        finally:
            self.waiting -= 1
            self._places.release()
