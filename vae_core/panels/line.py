"""One socket a page for what must follow the hand.

A request a frame costs the browser and the server more than the decode that it asks for. So the
live functions of the panels are answered over a WebSocket too: a message asks, a message answers,
one at a time and in order. A page that cannot open one calls the same functions through Gradio.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from starlette.websockets import WebSocket, WebSocketDisconnect

from vae_core.panels.page import Follow

PATH = "/studio/line"
MESSAGE_LIMIT = 2**17
"""Characters of a message; the longest code, of 4,096 numbers, takes two thirds of it."""
LINES = 256
"""Sockets open at once; a page beyond them goes without."""

TOO_LONG, TRY_LATER = 1009, 1013


class Line:
    """The endpoint, an ASGI app of its own; one object an app, which counts its sockets."""

    def __init__(self, functions: Mapping[str, Follow]) -> None:
        self.functions = functions
        self.open = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one page until it leaves."""
        socket = WebSocket(scope, receive, send)
        if not is_own_page(socket) or self.open >= LINES:
            return await socket.close(TRY_LATER)  # before it was accepted: a plain 403
        self.open += 1
        try:
            await socket.accept()
            await self._serve(socket)
        except WebSocketDisconnect:
            pass
        finally:
            self.open -= 1

    async def _serve(self, socket: WebSocket) -> None:
        while True:
            message = await socket.receive_text()
            if len(message) > MESSAGE_LIMIT:
                return await socket.close(TOO_LONG)
            await socket.send_text(json.dumps(await self.answer(message)))

    async def answer(self, message: str) -> dict[str, Any]:
        """{turn, name, argument} as JSON -> {turn, ...} or {turn, error: a sentence}."""
        try:
            told = json.loads(message)
            turn, name, argument = (told[key] for key in ("turn", "name", "argument"))
        except (ValueError, TypeError, KeyError, RecursionError):
            return {"turn": None, "error": "A message must hold turn, name and argument."}
        function = self.functions.get(name) if isinstance(name, str) else None
        if function is None:
            return {"turn": turn, "error": "There is no live function of that name."}
        return {"turn": turn, **await function(argument)}


def is_own_page(socket: WebSocket) -> bool:
    """Whether the page that opens the socket came from this host; other programs name none.

    Browsers let any page open a socket to anywhere, and say only where that page came from.
    """
    origin = socket.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == socket.headers.get("host")
