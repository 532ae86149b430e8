"""A page at its socket: which of its requests still count, and the answers on their way to it."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict, deque
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import Self

from starlette.types import Send

from vae_core.app.server import calls, line
from vae_core.app.server.calls import Call

MOST_OPEN = 8
"""Requests without an answer, and answers that are not read, before no more is taken from a page;
more of a hand's may be on the way, where the newest ends the others."""

RATE, BURST = 120.0, 24
"""Requests a second that are taken from a page, as no hand makes them for long, and how many may
come at once."""


@dataclass(eq=False)
class Turn:
    """A request of a page; `order` counts those of the page."""

    page: SocketPage
    request: line.Request
    call: Call | None
    order: int

    @property
    def name(self) -> str:
        """Of the call."""
        return self.call.name if self.call else ""


class SocketPage:
    """The requests and answers of one socket, for its event loop alone.

    An answer ends all older requests of its place: the hand has moved on.

    Args:
        visitor: the address.
        send: of the socket.
    """

    def __init__(self, visitor: str, send: Send) -> None:
        self.visitor, self._send = visitor, send
        self._count = self._open = 0
        self._due = 0.0
        self._orders: dict[int, deque[int]] = {}
        self._outbox: deque[bytes] = deque()
        self._news, self._space = asyncio.Event(), asyncio.Event()
        self._beside: OrderedDict[int, Turn] = OrderedDict()
        self._sender: asyncio.Task[None] | None = None
        self._helper: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._sender = asyncio.create_task(self._send_all())
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in (self._sender, self._helper):
            if task is not None:
                task.cancel()

    async def room(self) -> None:
        """Wait until one more request may come."""
        now = monotonic()
        self._due = max(self._due + 1 / RATE, now - BURST / RATE)
        if self._due > now:
            await asyncio.sleep(self._due - now)
        while self._open >= MOST_OPEN or len(self._outbox) >= MOST_OPEN:
            self._space.clear()
            await self._space.wait()

    def begin(self, request: line.Request, call: Call | None) -> Turn:
        """Count a request that came."""
        self._count += 1
        self._open += 1
        self._orders.setdefault(request.place, deque()).append(self._count)
        return Turn(self, request, call, self._count)

    def answer(self, turn: Turn, message: bytes) -> None:
        """Send an answer, unless a newer one of its place was sent before."""
        orders = self._orders[turn.request.place]
        if not orders or orders[0] > turn.order:
            return
        while orders and orders[0] <= turn.order:
            orders.popleft()
            self._open -= 1
        self._outbox.append(message)
        self._news.set()
        self._space.set()

    def beside(self, turn: Turn) -> None:
        """Answer a call that takes long: one runs, the newest of each place waits."""
        self._beside[turn.request.place] = turn
        if self._helper is None or self._helper.done():
            self._helper = asyncio.create_task(self._answer_beside())

    async def _answer_beside(self) -> None:
        while self._beside:
            _, turn = self._beside.popitem(last=False)
            assert turn.call is not None
            form = partial(line.answer, turn.request)
            argument = turn.request.argument
            self.answer(turn, await calls.follow_hand(turn.call, argument, self.visitor, form))

    async def _send_all(self) -> None:
        # Whoever serves the socket hears of its end too.
        with contextlib.suppress(OSError, RuntimeError):
            while True:
                while self._outbox:
                    await self._send({"type": "websocket.send", "bytes": self._outbox.popleft()})
                    self._space.set()
                self._news.clear()
                await self._news.wait()
