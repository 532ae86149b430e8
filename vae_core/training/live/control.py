"""What somebody who watches a run may tell it between two steps, from another thread."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable

SLOWEST = 5.0
"""Seconds that a step in slow motion may last."""


class Control:
    """Lets a run take its steps: all of them, one at a time, slowly, or no more.

    Args:
        clock: seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._changed = threading.Condition()
        self._clock = clock
        self._paused = False
        self._granted = 0
        self._pace, self._next = 0.0, 0.0
        self._stopped = False

    @property
    def stopped(self) -> bool:
        """Whether the run is to end here."""
        return self._stopped

    @property
    def paused(self) -> bool:
        """Whether steps are taken only when asked for."""
        return self._paused

    def pause(self) -> None:
        """Take no further step."""
        with self._changed:
            self._paused, self._granted = True, 0
            self._changed.notify_all()

    def step(self) -> None:
        """Take one step, then pause."""
        with self._changed:
            self._paused = True
            self._granted += 1
            self._changed.notify_all()

    def go(self) -> None:
        """Take all steps from here."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def pace(self, seconds: float) -> None:
        """Let every step last at least so long, 0 (full speed) to `SLOWEST`.

        Raises:
            ValueError: another number.
        """
        if not 0 <= seconds <= SLOWEST:
            raise ValueError(f"pace is {seconds!r}; it must be from 0 to {SLOWEST:g} seconds.")
        with self._changed:
            self._pace = seconds
            self._next = min(self._next, self._clock() + seconds)
            self._changed.notify_all()

    def stop(self) -> None:
        """End the run."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def grants(self, seconds: float) -> bool:
        """Whether a step may be taken now; waits for that, but no longer than `seconds`.

        It answers early, with no, after any change, so the caller asks again.
        """
        with self._changed:
            delay = self._delay()
            if delay > 0:
                self._changed.wait(min(seconds, delay))
            if self._stopped or self._delay() > 0:
                return False
            self._granted = max(0, self._granted - 1)
            self._next = self._clock() + self._pace
            return True

    def _delay(self) -> float:
        """How long to wait for the next step; 0 where it may be taken."""
        if self._stopped:
            return 0.0
        if self._paused:
            return 0.0 if self._granted else math.inf
        return max(0.0, self._next - self._clock())
