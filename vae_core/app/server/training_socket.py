"""One socket a page that trains: each message asks for what is new, and is answered once it is.

Whoever asks is there: that is the heartbeat of a run. The page asks again with each answer, not by
a timer, which browsers all but stop in a hidden tab; and it is never sent more than it asked for.
When the socket closes because the page was left, so does the run.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter

from starlette.types import Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from vae_core.app import checks, wire
from vae_core.app.server import visitors, work_queues
from vae_core.app.server.sockets import (
    SOCKETS,
    SOCKETS_EACH,
    TOO_LONG,
    TRY_LATER,
    UNSUITABLE,
    is_own_page,
)
from vae_core.app.server.visitors import FullError, Shares
from vae_core.app.service.trainings.roll import secret
from vae_core.app.service.trainings.trainings import Trainings

PATH = "/studio/training"
LONGEST, LOOK = 5.0, 0.1
"""Seconds that an answer is held back while there is nothing new, and between two looks."""

MESSAGE_LIMIT = 512
"""Characters of a message: a name and a number."""

LEFT = 1001
"""The code with which a browser closes the socket of a page that was left."""

WORDS = "A message must hold visitor and since."


class TrainingSocket:
    """The endpoint, an ASGI app of its own.

    Args:
        trainings: the runs that are followed.
    """

    def __init__(self, trainings: Trainings) -> None:
        self.trainings = trainings
        self._places = Shares(SOCKETS, SOCKETS_EACH, "Too many sockets are open.")
        self._pages: Counter[str] = Counter()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one page until it leaves."""
        socket = WebSocket(scope, receive, send)
        if not is_own_page(socket):
            return await socket.close(TRY_LATER)  # before it was accepted: a plain 403
        try:
            with self._places.place(visitors.address(scope)):
                await socket.accept()
                await self._serve(socket, visitors.address(scope))
        except FullError:
            await socket.close(TRY_LATER)
        except WebSocketDisconnect:
            pass

    async def _serve(self, socket: WebSocket, address: str) -> None:
        """Messages one after the other; each names the same visitor, whose page this is."""
        mine: str | None = None
        coming = asyncio.ensure_future(socket.receive())
        try:
            while (message := await coming)["type"] != "websocket.disconnect":
                coming = asyncio.ensure_future(socket.receive())
                asked = await _asked(socket, message)
                if asked is None:
                    return
                visitor, since, stamp = asked
                self.trainings.hear(visitor)
                if mine is None:
                    mine = visitor
                    self._pages[mine] += 1
                if await self._waited(visitor, stamp, coming):
                    await socket.send_text(await self._look(visitor, since, address))
            if message.get("code") == LEFT and mine is not None and self._pages[mine] == 1:
                self.trainings.leave(mine)
        finally:
            coming.cancel()
            if mine is not None:
                self._pages[mine] -= 1
                if not self._pages[mine]:
                    del self._pages[mine]

    async def _waited(self, visitor: str, known: object, coming: asyncio.Future[Message]) -> bool:
        """Wait for something new; False where the page left, or spoke, before that."""
        until = time.monotonic() + LONGEST
        while list(self.trainings.stamp(visitor)) == known and time.monotonic() < until:
            done, _ = await asyncio.wait({coming}, timeout=LOOK)
            if done:
                return False
        return True

    async def _look(self, visitor: str, since: int, address: str) -> str:
        def work() -> str:
            stamp = self.trainings.stamp(visitor)
            look = wire.to_json(self.trainings.look(visitor, since))
            return json.dumps({"stamp": list(stamp), "look": look})

        try:
            return await work_queues.QUICK.run(work, address)
        except ValueError as error:  # the queue is full
            return json.dumps({"error": str(error)})


async def _asked(socket: WebSocket, message: Message) -> tuple[str, int, object] | None:
    """Whom a message is from, and what its page has; None where it was closed for it."""
    text = message.get("text")
    if text is None:
        return await socket.close(UNSUITABLE)
    if len(text) > MESSAGE_LIMIT:
        return await socket.close(TOO_LONG)
    try:
        asked = json.loads(text)
        since = checks.whole("since", asked["since"], 0, 10**9)
        return secret(asked["visitor"]), since, asked.get("stamp")
    except (ValueError, TypeError, KeyError, RecursionError):
        await socket.close(UNSUITABLE, WORDS)
        return None
