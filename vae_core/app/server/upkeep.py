"""What a server that runs for months must do now and then: let go of what nobody came back for."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import anyio.to_thread
from gradio import Blocks
from gradio.queueing import Queue
from gradio.server_messages import EventMessage
from gradio.utils import LRUCache

from vae_core.app.pending_pictures import HERE
from vae_core.app.server.upload_route import UploadRoute

EVERY = 5.0
"""Seconds between two rounds."""

RESULTS, RESULT_SECONDS = 128, 60.0
"""Callers with nothing at work whose results wait to be fetched, and for how long."""

UNREAD = 512
"""Messages that wait in all: three a call, the last of which holds its result."""


def lifespan(
    blocks: Blocks, uploads: UploadRoute, close: Callable[[], None]
) -> Callable[[object], AbstractAsyncContextManager[None]]:
    """Rounds from the start of the server to its end, then `close`."""

    @contextlib.asynccontextmanager
    async def live(_: object) -> AsyncIterator[None]:
        rounds = asyncio.create_task(_rounds(Results(blocks), uploads))
        try:
            yield
        finally:
            rounds.cancel()
            await anyio.to_thread.run_sync(close)

    return live


async def _rounds(results: Results, uploads: UploadRoute) -> None:
    while True:
        await asyncio.sleep(EVERY)
        try:
            results.sweep()
            HERE.sweep()
            await anyio.to_thread.run_sync(uploads.sweep)
            await anyio.to_thread.run_sync(trim)
        except Exception:  # the next round may do better
            logging.getLogger(__name__).exception("a round of upkeep failed")


class Results:
    """Results of calls in Gradio's queue, which keeps those of 2,000 callers for ever.

    Args:
        blocks: the app.
    """

    def __init__(self, blocks: Blocks) -> None:
        self.queue = blocks._queue
        self._idle_since: dict[str, float] = {}
        self.queue.pending_messages_per_session = Mailboxes(self.queue)

    def sweep(self, seconds: float = RESULT_SECONDS) -> None:
        """Forget the callers that had nothing at work for `seconds`."""
        queue, now = self.queue, time.monotonic()
        queued = [
            event for each in queue.event_queue_per_concurrency_id.values() for event in each.queue
        ]
        at_work = [event for job in queue.active_jobs if job for event in job]
        busy = {event.session_hash for event in queued + at_work}
        known = {*queue.pending_messages_per_session, *queue.pending_event_ids_session}
        idle = {name: self._idle_since.get(name, now) for name in known - busy}
        for name in [name for name, since in idle.items() if since <= now - seconds]:
            queue.pending_messages_per_session.pop(name, None)
            for event in queue.pending_event_ids_session.pop(name, ()):
                queue.event_ids_to_events.pop(event, None)
            del idle[name]
        self._idle_since = idle
        self._let_go(UNREAD)

    def _let_go(self, most: int) -> None:
        """Forget the oldest messages of whoever leaves most unread, also while he asks for more."""
        waiting = list(self.queue.pending_messages_per_session.values())
        for _ in range(sum(each.qsize() for each in waiting) - most):
            max(waiting, key=lambda each: each.qsize()).get_nowait()


class Mailboxes(LRUCache[str, "asyncio.Queue[EventMessage]"]):
    """Messages that wait for each caller, by the name of its session.

    Gradio's own cache gives up the caller that came first, whose call may still wait for its turn,
    and then ends the whole queue for good where it has to write to one that is gone. Here only
    callers with nothing at work make room, and what is written to one that is gone is lost.

    Args:
        queue: of Gradio, which bounds the calls that wait.
    """

    def __init__(self, queue: Queue) -> None:
        super().__init__(RESULTS)
        self._queue = queue

    def __setitem__(self, name: str, messages: asyncio.Queue[EventMessage]) -> None:
        if name not in self and len(self) >= RESULTS:
            self._make_room()
        self.max_size = max(RESULTS, len(self) + 1)
        super().__setitem__(name, messages)

    def __missing__(self, name: str) -> asyncio.Queue[EventMessage]:
        return asyncio.Queue()

    def __delitem__(self, name: str) -> None:
        self.pop(name, None)

    def _make_room(self) -> None:
        at_work = {event.session_hash for event in self._queue.event_ids_to_events.values()}
        done = [name for name in self if name not in at_work]
        for name in done[: max(0, len(done) - RESULTS + 1)]:
            self.pop(name)


def trim() -> None:
    """Give freed memory back to the system, where the C library can."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
