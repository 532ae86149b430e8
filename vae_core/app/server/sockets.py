"""One socket a page for what must follow the hand.

A request a frame costs the browser and the server more than the decode that it asks for. So the
live calls of the panels are answered over a WebSocket too. Binary messages (see `line`) travel
several at once, and what they decode is decoded together with what other pages ask; text messages,
for programs, ask and answer in JSON, one at a time. A page that cannot open a socket calls the
same functions through Gradio.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import cast
from urllib.parse import SplitResult, urlsplit

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from vae_core.app import wire
from vae_core.app.server import calls, line, refusals, visitors, work_queues
from vae_core.app.server.calls import Call
from vae_core.app.server.socket_page import SocketPage, Turn
from vae_core.app.server.visitors import FullError, Shares
from vae_core.app.service.batches import Asked, Batches
from vae_core.files import JsonObject

PATH = "/studio/socket"
MESSAGE_LIMIT = 2**17
"""Bytes of a message; the longest code, of 4,096 numbers as text, takes two thirds of it."""

SOCKETS, SOCKETS_EACH = 512, 240
"""Sockets open at once, in all and from one address, which a whole class may share; a page beyond
them goes without."""

UNSUITABLE, TOO_LONG, TRY_LATER = 1003, 1009, 1013
UNKNOWN: JsonObject = {"error": "There is no live function of that name."}


class LiveSocket:
    """The endpoint, an ASGI app of its own; one object an app, which counts its sockets.

    Args:
        functions: the live calls by their names.
        batches: decodes what the calls plan.
    """

    def __init__(self, functions: Mapping[str, Call], batches: Batches) -> None:
        self.functions, self.batches = functions, batches
        self._places = Shares(SOCKETS, SOCKETS_EACH, "Too many sockets are open.")
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def open(self) -> int:
        """Sockets open now."""
        return self._places.held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one page until it leaves."""
        socket, visitor = WebSocket(scope, receive, send), visitors.address(scope)
        if not is_own_page(socket) or self.open >= SOCKETS:
            return await socket.close(TRY_LATER)  # before it was accepted: a plain 403
        self._loop = asyncio.get_running_loop()
        try:
            with self._places.place(visitor):
                await socket.accept()
                async with SocketPage(visitor, send) as page:
                    await self._serve(socket, page)
        except FullError:
            await socket.close(TRY_LATER)
        except WebSocketDisconnect:
            pass

    async def _serve(self, socket: WebSocket, page: SocketPage) -> None:
        while True:
            await page.room()
            received = await socket.receive()
            if received["type"] == "websocket.disconnect":
                return
            text, data = received.get("text"), received.get("bytes") or b""
            if len(data if text is None else text) > MESSAGE_LIMIT:
                return await socket.close(TOO_LONG)
            if text is not None:
                await socket.send_text(await self.answer(text, page.visitor))
                continue
            try:
                request = line.read(data)
            except line.MessageError:
                return await socket.close(UNSUITABLE)
            self._take(request, page)

    async def answer(self, message: str, visitor: str = "") -> str:
        """{id, name, argument} as JSON -> {id, ...} or {id, error: a sentence} as JSON."""
        try:
            asked = cast(JsonObject, line.parsed(message))
            number, name, argument = (asked[key] for key in ("id", "name", "argument"))
        except (ValueError, TypeError, KeyError, RecursionError):
            number, answer = None, {"error": "A message must hold id, name and argument."}
        else:
            answer = await self._asked(name, argument, visitor)
        return json.dumps({"id": number, **answer})

    async def _asked(self, name: object, argument: object, visitor: str) -> JsonObject:
        call = self.functions.get(name) if isinstance(name, str) else None
        if call is None:
            return UNKNOWN
        reply = await calls.follow_hand(call, argument, visitor, wire.to_json)
        return cast(JsonObject, reply)

    def _take(self, request: line.Request, page: SocketPage) -> None:
        """Let a request wait where it belongs; its answer comes by itself."""
        call = self.functions.get(request.name) if isinstance(request.name, str) else None
        turn = page.begin(request, call)
        if call is None:
            return page.answer(turn, line.answer(request, UNKNOWN))
        if call.plan is None or not _is_quick(call, request.argument):
            return page.beside(turn)
        plan = call.planned(request.argument)
        if isinstance(plan, dict):
            return page.answer(turn, line.answer(request, plan))
        asked = Asked(plan, self._answer, turn)
        if not self.batches.ask(page.visitor, (page, request.place), asked):
            calls.note_refusal(call.name, ValueError(work_queues.MANY))
            page.answer(turn, line.answer(request, {"error": work_queues.MANY}))

    def _answer(self, answered: list[Asked]) -> None:
        """Answer a batch: its thread makes the messages, the sockets' own thread sends them."""
        ready, counts = list[tuple[Turn, bytes]](), Counter[str]()
        head = line.head({"milliseconds": answered[0].milliseconds})
        for asked in answered:
            turn = cast(Turn, asked.about)
            if asked.pixels is None:
                refusals.refused(refusals.FAILED, turn.name)
                message = line.answer(turn.request, {"error": calls.SORRY})
            else:
                counts[turn.name] += 1
                rest = asked.plan.rest
                own = line.head({"milliseconds": asked.milliseconds, **rest}) if rest else head
                message = line.frame(turn.request, own, asked.pixels.tobytes())
            ready.append((turn, message))
        for name, count in counts.items():
            calls.ANSWERED.add(name, count)
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the server has ended meanwhile
            self._loop.call_soon_threadsafe(_hand_out, ready)


def _is_quick(call: Call, argument: object) -> bool:
    try:
        return call.is_quick(argument)
    except ValueError:  # a visitor's model that was dropped this moment
        return False


def _hand_out(ready: list[tuple[Turn, bytes]]) -> None:
    for turn, message in ready:
        turn.page.answer(turn, message)


def is_own_page(socket: WebSocket) -> bool:
    """Whether the page that opens the socket came from this host; other programs name none.

    Browsers let any page open a socket to anywhere, and say only where that page came from.
    """
    origin = socket.headers.get("origin")
    try:
        return origin is None or _came_from(urlsplit(origin), socket.headers)
    except ValueError:  # no address at all, as "http://["
        return False


def _came_from(origin: SplitResult, headers: Mapping[str, str]) -> bool:
    """Whether a page of `origin` is ours, as far as a proxy before us lets its host through.

    No page can write these headers itself. nginx's `$host`, which Gradio's guide uses, is the
    name without its port.
    """
    if headers.get("sec-fetch-site") == "same-origin":
        return True
    ours = {headers.get("host"), headers.get("x-forwarded-host")} - {None, ""}
    return origin.netloc in ours or origin.hostname in ours
