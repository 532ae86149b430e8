"""What costs computing in Python takes turns: threads that compute at once hold each other up."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict, deque
from collections.abc import AsyncIterator

from vae_core.app.server.visitors import FullError


class Turns:
    """Lets a few in at once; the rest wait in no thread, the addresses in rotation.

    For one event loop, which is why nothing here is locked.

    Args:
        at_once: callers inside.
        each: callers of one address that may wait.
        sentence: the answer to one more.
    """

    def __init__(self, at_once: int, each: int, sentence: str) -> None:
        self.free, self.each, self.sentence = at_once, each, sentence
        self._queues: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @contextlib.asynccontextmanager
    async def turn(self, visitor: str) -> AsyncIterator[None]:
        """Wait for a place and hold it.

        Raises:
            FullError: too many of this visitor's wait already.
        """
        await self._enter(visitor)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, visitor: str) -> None:
        if self.free:
            self.free -= 1
            return
        queue = self._queues.setdefault(visitor, deque())
        if len(queue) >= self.each:
            raise FullError(self.sentence)
        place = asyncio.get_running_loop().create_future()
        queue.append(place)
        try:
            await place
        except asyncio.CancelledError:
            if place.done() and not place.cancelled():
                self._leave()  # it came in the moment in which the caller left
            raise

    def _leave(self) -> None:
        """The place changes hands, and is free only where nobody waits."""
        while self._queues:
            visitor, queue = self._queues.popitem(last=False)
            place = queue.popleft()
            if queue:
                self._queues[visitor] = queue  # at the end: everybody else comes first
            if not place.done():
                return place.set_result(None)
        self.free += 1
