"""What visitors were refused: counted by its kind, and a line of the log each.

A line says what was asked for and why it was refused, never with what: neither a visitor's picture
nor his numbers nor his address come into it.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable

from vae_core.app.tally import Tally

MISTAKE, BUSY, REQUEST, FAILED = "mistake", "busy", "request", "failed"
"""Arguments that cannot be; a full queue or share; a request that cannot be; our own fault."""

COUNTS = Tally()
LOG = logging.getLogger("vae_core.refusals")
LINES, SECOND = 20, 1.0
"""Lines in a second: whoever floods the server must not fill its disk."""


class Bounded:
    """Decides whether one more line is written.

    Args:
        clock: seconds that only grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since, self._lines, self._left_out = clock(), 0, 0

    def more(self) -> int | None:
        """How many lines were left out before this one; None to leave it out too."""
        now = self._clock()
        if now - self._since >= SECOND:
            self._since, self._lines = now, 0
        if self._lines >= LINES:
            self._left_out += 1
            return None
        self._lines += 1
        left_out, self._left_out = self._left_out, 0
        return left_out


_bound = Bounded()


def refused(kind: str, what: str, why: str = "") -> None:
    """Count a refusal and log it.

    Args:
        kind: one of the kinds above.
        what: the name of a call, or the status of a request. No text of the visitor's.
        why: a sentence of ours without any value in it.
    """
    COUNTS.add(kind)
    left_out = _bound.more()
    if left_out is not None:
        more = f" ({left_out} lines left out)" if left_out else ""
        LOG.info("refused: %s: %s%s%s", kind, what, f": {why}" if why else "", more)


def log_to_stderr() -> None:
    """Has the lines written to stderr, with the time."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
    LOG.handlers[:] = [handler]
    LOG.setLevel(logging.INFO)
    LOG.propagate = False
