"""A bound on what a request may carry, checked before anything reads it."""

from __future__ import annotations

from typing import Any

BODY_LIMIT = 48 * 2**20
SENTENCE = b'{"error": "The request is too large: up to 48 MB are read."}'


class BodyLimit:
    """ASGI middleware that answers 413 with a sentence once a body grows past `limit` bytes."""

    def __init__(self, app: Any, limit: int = BODY_LIMIT) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self.limit:
            return await _refuse(send)
        try:
            await self.app(scope, self._counted(receive), send)
        except _TooLargeError:
            await _refuse(send)

    def _counted(self, receive: Any) -> Any:
        seen = 0

        async def count() -> Any:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            # A body sent in chunks declares no length.
            if seen > self.limit:
                raise _TooLargeError
            return message

        return count


class _TooLargeError(Exception):
    pass


async def _refuse(send: Any) -> None:
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": SENTENCE})
