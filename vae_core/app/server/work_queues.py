"""Threads for one kind of work; who must wait does so outside of them, each visitor in turn.

Waiting holds no thread, so that heavy calls never keep a page or a live decode out, and the queue
of one address is no longer than its share: who asks for much waits behind himself.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar

from vae_core.app.server import visitors

MANY = "Many pictures are being worked on; please try again in a moment."
BUSY = "The server is busy; please try again in a moment."
FULL = (MANY, BUSY)
LONGEST_WAIT = 30.0


T = TypeVar("T")


@dataclass(eq=False)
class _Job(Generic[T]):
    visitor: str
    work: Callable[[], T]
    done: Future[T] = field(default_factory=Future)
    context: contextvars.Context = field(default_factory=contextvars.copy_context)
    """Whose request it is: a host that lends a GPU counts it against that visitor's share."""

    def run(self) -> None:
        """Answer whoever asked, with the result or the error."""
        if not self.done.set_running_or_notify_cancel():
            return
        try:
            self.done.set_result(self.context.run(self.work))
        except BaseException as error:
            self.done.set_exception(error)

    def refuse(self, error: Exception) -> None:
        """Answer whoever asked with an error."""
        if self.done.set_running_or_notify_cancel():
            self.done.set_exception(error)


class _Waiting(Protocol):
    """A job, whatever it results in."""

    visitor: str

    def run(self) -> None: ...

    def refuse(self, error: Exception) -> None: ...


class WorkQueue:
    """A few threads and a bounded queue that serves visitors in rotation.

    Args:
        name: of the threads.
        threads: calls that run at once.
        waiting: calls that may wait. Past that the newest of whoever has most waiting is
            refused, so that one visitor cannot keep the others out.
        longest_wait: in seconds.
    """

    def __init__(
        self, name: str, threads: int, waiting: int = 48, longest_wait: float = LONGEST_WAIT
    ) -> None:
        self.name, self.threads, self.waiting, self.longest_wait = (
            name,
            threads,
            waiting,
            longest_wait,
        )
        self._queues: OrderedDict[str, deque[_Waiting]] = OrderedDict()
        self._changed = threading.Condition()
        self._started = 0

    @property
    def length(self) -> int:
        """Calls that wait now."""
        with self._changed:
            return sum(map(len, self._queues.values()))

    async def run(self, work: Callable[[], T], visitor: str | None = None) -> T:
        """What `work()` returns or raises, from one of the threads.

        Args:
            work: called without arguments.
            visitor: whose turn it is; by default whoever Gradio is answering.

        Raises:
            ValueError: too many calls wait already, or the wait grew too long.
        """
        job = _Job(visitors.at_hand() if visitor is None else visitor, work)
        self._enter(job)
        answer = asyncio.wrap_future(job.done)
        try:
            await asyncio.wait({answer}, timeout=self.longest_wait)
            if not answer.done() and job.done.cancel():
                raise ValueError(BUSY)
            return await answer
        finally:
            self._leave(job)

    def _enter(self, job: _Waiting) -> None:
        with self._changed:
            if sum(map(len, self._queues.values())) >= self.waiting:
                self._make_room(job)
            self._queues.setdefault(job.visitor, deque()).append(job)
            if self._started < self.threads:
                self._started += 1
                name = f"{self.name}-{self._started}"
                threading.Thread(target=self._serve, name=name, daemon=True).start()
            self._changed.notify()

    def _make_room(self, job: _Waiting) -> None:
        heaviest = max(self._queues, key=lambda visitor: len(self._queues[visitor]))
        if len(self._queues[heaviest]) <= len(self._queues.get(job.visitor, ())) + 1:
            raise ValueError(MANY)
        newest = self._queues[heaviest].pop()
        newest.refuse(ValueError(MANY))

    def _leave(self, job: _Waiting) -> None:
        """A caller who gave up leaves the queue, whose places are few."""
        with self._changed:
            queue = self._queues.get(job.visitor)
            if queue is not None and job in queue:
                queue.remove(job)
                if not queue:
                    del self._queues[job.visitor]

    def _next(self) -> _Waiting:
        with self._changed:
            self._changed.wait_for(lambda: bool(self._queues))
            visitor, queue = self._queues.popitem(last=False)
            job = queue.popleft()
            if queue:
                self._queues[visitor] = queue  # at the end: everybody else comes first
            return job

    def _serve(self) -> None:
        while True:
            job = self._next()
            job.run()
            del job  # a finished picture must not stay here until the next one


_cores = os.cpu_count() or 2

QUICK = WorkQueue("live", max(2, _cores), waiting=2048)
"""Answers to a moving hand: a few milliseconds each, and nothing in them waits."""

ASIDE = WorkQueue("aside", 1, waiting=512)
"""Live answers that take long: of a model that draws pixel by pixel, or is not loaded yet."""

HEAVY = WorkQueue("heavy", max(1, _cores - 1))
"""Samples, paths, films, comparisons."""

PICTURES = WorkQueue("picture", min(2, max(1, _cores - 1)))
"""What opens a picture, which may take a few hundred megabytes for a moment."""
