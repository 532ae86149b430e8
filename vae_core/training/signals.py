"""A run ends at SIGINT and SIGTERM, but not in the middle of a step."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import TypeAlias

Handler: TypeAlias = Callable[[int, FrameType | None], object] | int | None
"""Of a signal, as the standard library gives it."""


class stopping:
    """SIGINT and SIGTERM set an event inside the block, and act as before after it.

    A second one does not wait for the step, which may be compiling for minutes.
    """

    def __init__(self, stopped: threading.Event) -> None:
        self.stopped = stopped
        self.former: dict[int, Handler] = {}

    def __enter__(self) -> None:
        # Signals can only be caught by the main thread.
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGINT, signal.SIGTERM):
                self.former[number] = signal.signal(number, self._caught)

    def __exit__(self, *_: object) -> None:
        for number, handler in self.former.items():
            signal.signal(number, handler)

    def _caught(self, number: int, frame: FrameType | None) -> None:
        if self.stopped.is_set():
            raise KeyboardInterrupt
        self.stopped.set()
