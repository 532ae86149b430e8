"""A bound on what a request may carry, checked before anything reads it."""

from __future__ import annotations

from typing import Any

BODY_LIMIT = 48 * 2**20
SENTENCE = b'{"error": "The request is too large: up to 48 MB are read."}'


class BodyLimit:
    """ASGI middleware that answers 413 with a sentence once a body grows past `limit` bytes.

    Uploads of files are left to Gradio, whose `max_file_size` bounds each.
    """

    def __init__(self, app: Any, limit: int = BODY_LIMIT) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["path"].rstrip("/").endswith("/upload"):
            return await self.app(scope, receive, send)
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if declared.isdigit() and int(declared) > self.limit:
            return await self._refuse(receive, send)
        try:
            await self.app(scope, self._counted(receive), send)
        except _TooLargeError:
            await self._refuse(receive, send)

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

    async def _refuse(self, receive: Any, send: Any) -> None:
        # A client that is cut off while it still sends never reads the answer, so the rest is
        # taken and thrown away, within reason.
        dropped, more = 0, True
        while more and dropped < 8 * self.limit:
            message = await receive()
            dropped += len(message.get("body", b""))
            more = message.get("more_body", False)
        headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
        await send({"type": "http.response.start", "status": 413, "headers": headers})
        await send({"type": "http.response.body", "body": SENTENCE})


class _TooLargeError(Exception):
    """Raised into whoever reads a body that grew too large."""
