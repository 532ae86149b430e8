"""One socket a page for what must follow the hand.

A request a frame costs the browser and the server more than the decode that it asks for. So the
live functions of the panels are answered over a WebSocket too: a message asks, a message answers,
one at a time and in order. A page that cannot open one calls the same functions through Gradio.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from vae_core.app.server import visitors
from vae_core.app.server.calls import Follow
from vae_core.app.server.visitors import FullError, Shares
from vae_core.files import JsonObject

PATH = "/studio/socket"
MESSAGE_LIMIT = 2**17
"""Characters of a message; the longest code, of 4,096 numbers, takes two thirds of it."""
PARTS = 64
"""Lists and objects in a message; an honest one holds four."""

SOCKETS, SOCKETS_EACH = 512, 240
"""Sockets open at once, in all and from one address, which a whole class may share; a page beyond
them goes without."""

TEXT_ONLY, TOO_LONG, TRY_LATER = 1003, 1009, 1013


class LiveSocket:
    """The endpoint, an ASGI app of its own; one object an app, which counts its sockets."""

    def __init__(self, functions: Mapping[str, Follow]) -> None:
        self.functions = functions
        self._places = Shares(SOCKETS, SOCKETS_EACH, "Too many sockets are open.")

    @property
    def open(self) -> int:
        """Sockets open now."""
        return self._places.held

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one page until it leaves."""
        socket, visitor = WebSocket(scope, receive, send), visitors.address(scope)
        if not is_own_page(socket) or self.open >= SOCKETS:
            return await socket.close(TRY_LATER)  # before it was accepted: a plain 403
        try:
            with self._places.place(visitor):
                await socket.accept()
                await self._serve(socket, visitor)
        except FullError:
            await socket.close(TRY_LATER)
        except WebSocketDisconnect:
            pass

    async def _serve(self, socket: WebSocket, visitor: str) -> None:
        while True:
            received = await socket.receive()
            if received["type"] == "websocket.disconnect":
                return
            message = received.get("text")
            if message is None:
                return await socket.close(TEXT_ONLY)
            if len(message) > MESSAGE_LIMIT:
                return await socket.close(TOO_LONG)
            await socket.send_text(await self.answer(message, visitor))

    async def answer(self, message: str, visitor: str = "") -> str:
        """{id, name, argument} as JSON -> {id, ...} or {id, error: a sentence} as JSON."""
        try:
            if message.count("[") + message.count("{") > PARTS:
                raise ValueError("nobody's code is that deep")
            asked = json.loads(message)
            number, name, argument = (asked[key] for key in ("id", "name", "argument"))
        except (ValueError, TypeError, KeyError, RecursionError):
            number, answer = None, {"error": "A message must hold id, name and argument."}
        else:
            answer = await self._asked(name, argument, visitor)
        return json.dumps({"id": number, **answer})

    async def _asked(self, name: object, argument: object, visitor: str) -> JsonObject:
        function = self.functions.get(name) if isinstance(name, str) else None
        if function is None:
            return {"error": "There is no live function of that name."}
        return await function(argument, visitor)


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
