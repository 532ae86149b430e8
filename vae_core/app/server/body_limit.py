"""Limits of a request: what it may carry and how slowly, checked before anything else reads it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator

from gradio import Blocks
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vae_core.app.pending_pictures import HERE, DroppedError, PendingPictures
from vae_core.app.server import calls, refusals, routes, visitors
from vae_core.app.server.body_reader import SMALL, TOO_LARGE, BodyError, BodyReader
from vae_core.app.server.turns import Turns
from vae_core.app.server.visitors import FullError, Shares

BODY_LIMIT = 48 * 2**20
"""Bytes of a request with its picture."""

PAUSE, PERIOD, PER_PERIOD = 10.0, 20.0, 64 * 2**10
"""Longest wait for the next piece of a body, and how many seconds may bring how few bytes."""

STREAMS, STREAMS_EACH = 1024, 448
"""Answers that stay open, as a page's sign of life, in all and for one address."""

CALLS, CALLS_EACH = 640, 256
"""Requests with a body that are not answered, or whose answer is not read, likewise."""

PAGES, PAGES_EACH = 512, 96
"""The same of pages, each of which is held whole until it is read."""

MANY = "Too many requests are open; please try again in a moment."
TOO_LARGE_AT_ALL = f"The request is too large: up to {BODY_LIMIT // 2**20} MB are read."
NOT_HERE = "There is nothing here of that name."
NOT_JSON = "The body must be a JSON object, sent as application/json."


class RefusedError(Exception):
    """A request that is answered here: status and sentence."""


class RequestLimits:
    """ASGI middleware around Gradio: refuses in a sentence, and passes on what is small.

    Args:
        app: what it stands before.
        blocks: the Gradio app, which knows its functions.
        pending: where pictures wait.
    """

    def __init__(self, app: ASGIApp, blocks: Blocks, pending: PendingPictures = HERE) -> None:
        self.app, self.pending = app, pending
        self.directory = routes.Directory(blocks, calls.takes_picture(calls.registry(blocks)))
        self.streams = Shares(STREAMS, STREAMS_EACH, MANY)
        self.calls, self.pages = Shares(CALLS, CALLS_EACH, MANY), Shares(PAGES, PAGES_EACH, MANY)
        self.rendering = Turns(1, PAGES_EACH, MANY)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        answer, bounded = Answer(send), BoundedBody(receive)
        try:
            await self._let_in(scope, bounded, answer)
        except RefusedError as refused:
            if refused.args[0] == 413 and not bounded.whole:
                await _drain(receive)
            await answer.refuse(*refused.args)
        except FullError as full:
            await answer.refuse(503, str(full))
        except LookupError:  # Gradio looks up what was sent without asking whether it is there
            await answer.refuse(404, NOT_HERE)
        except Exception as error:
            if answer.started:
                raise
            logging.getLogger(__name__).exception("a request failed: %s", type(error).__name__)
            await answer.refuse(500, calls.SORRY)

    async def _let_in(self, scope: Scope, receive: BoundedBody, send: Answer) -> None:
        method, path = scope["method"], routes.path_of(scope)
        if method == "POST" and path.rstrip("/") == routes.UPLOAD:
            return await self.app(scope, receive, send)  # which bounds itself
        if not routes.is_open(method, path):
            raise RefusedError(404, NOT_HERE)
        visitor = visitors.address(scope)
        if method == "POST":
            with self.calls.place(visitor):
                return await self._post(scope, receive, send)
        receive.limit = SMALL
        if routes.RENDERED.fullmatch(path):
            with self.pages.place(visitor):
                return await self._page(scope, receive, send)
        event = routes.EVENT.fullmatch(path)
        if event and not self.directory.knows_event(event["event"]):
            raise RefusedError(404, "There is no result of that name; it may be read already.")
        if not routes.STREAMS.match(path):
            return await self.app(scope, receive, send)
        with self.streams.place(visitor):
            await self.app(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One after the other is rendered; how slowly each is read then is its own affair."""
        async with contextlib.AsyncExitStack() as turn:
            await turn.enter_async_context(self.rendering.turn(visitors.address(scope)))

            async def rendered(message: Message) -> None:
                await turn.aclose()
                await send(message)

            await self.app(scope, receive, rendered)

    async def _post(self, scope: Scope, receive: BoundedBody, send: Answer) -> None:
        reader = BodyReader(self.pending, visitors.address(scope))
        path, queued = routes.path_of(scope), False
        try:
            body = await self._read(scope, receive, reader)
            self._check(path, body, reader)
            head = [pair for pair in scope["headers"] if pair[0] != b"content-length"]
            head.append((b"content-length", b"%d" % len(reader.kept)))
            await self.app({**scope, "headers": head}, receive.instead(bytes(reader.kept)), send)
            queued = "/call/" in path or path.startswith(f"{routes.API}/queue")
        finally:
            for name in [] if queued else reader.aside:
                self.pending.drop(name)

    async def _read(
        self, scope: Scope, receive: BoundedBody, reader: BodyReader
    ) -> dict[str, object]:
        headers = dict(scope["headers"])
        declared = headers.get(b"content-length", b"0")
        if declared.isdigit() and len(declared) < 20 and int(declared) > BODY_LIMIT:
            raise RefusedError(413, TOO_LARGE_AT_ALL)
        if not headers.get(b"content-type", b"").lower().startswith(b"application/json"):
            raise RefusedError(415, NOT_JSON)
        receive.limit = BODY_LIMIT
        try:
            async for piece in receive.pieces():
                reader.feed(piece)
            body = json.loads(reader.kept)
        except BodyError as error:
            raise RefusedError(413, str(error)) from error
        except DroppedError as error:
            raise RefusedError(503, str(error)) from error
        except (ValueError, RecursionError) as error:
            raise RefusedError(422, NOT_JSON) from error
        if not isinstance(body, dict):
            raise RefusedError(422, NOT_JSON)
        return body

    def _check(self, path: str, body: dict[str, object], reader: BodyReader) -> None:
        try:
            self.directory.check(path, body, reader.aside)
        except routes.NotHereError as error:
            raise RefusedError(404, str(error)) from error
        except OverflowError as error:
            raise RefusedError(413, TOO_LARGE) from error
        except ValueError as error:
            raise RefusedError(400, str(error)) from error


class BoundedBody:
    """`receive` with a limit of time and of bytes.

    Attributes:
        limit: bytes of the body.
        whole: whether all of it is here.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self.limit = BODY_LIMIT
        self._seen = self._of_period = 0
        self._until: float | None = None
        self.whole = False

    async def __call__(self) -> Message:
        """The next message.

        Raises:
            RefusedError: the body comes too slowly, or is too large.
        """
        if self.whole:
            return await self._receive()  # waits for the end of the connection
        now = time.monotonic()
        self._until = self._until or now + PERIOD
        try:
            message = await asyncio.wait_for(self._receive(), min(PAUSE, self._until - now))
        except TimeoutError as error:
            raise RefusedError(408, "The request came too slowly.") from error
        self.whole = not message.get("more_body", False)
        self._seen += len(message.get("body", b""))
        self._of_period += len(message.get("body", b""))
        if self._of_period > PER_PERIOD:
            self._of_period, self._until = 0, None
        if self._seen > self.limit:
            raise RefusedError(413, TOO_LARGE if self.limit == SMALL else TOO_LARGE_AT_ALL)
        return message

    async def pieces(self) -> AsyncIterator[bytes]:
        """The body piece by piece."""
        while not self.whole:
            message = await self()
            if message["type"] == "http.disconnect":
                raise RefusedError(400, "The request was cut off.")
            yield message.get("body", b"")

    def instead(self, body: bytes) -> Receive:
        """A `receive` that gives `body` and then waits for the end of the connection."""
        given = False

        async def receive() -> Message:
            nonlocal given
            if given:
                return await self._receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        return receive


class Answer:
    """`send` that knows whether an answer has begun, and can give one of its own."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = False

    async def __call__(self, message: Message) -> None:
        self.started = True
        await self._send(message)

    async def refuse(self, status: int, sentence: str) -> None:
        """Answer with a status and a sentence, and close the connection."""
        if self.started:
            return
        kind = refusals.BUSY if status == 503 else refusals.REQUEST
        refusals.refused(refusals.FAILED if status == 500 else kind, f"request, status {status}")
        content = json.dumps({"error": sentence, "detail": sentence}).encode()
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(content)),
            (b"connection", b"close"),
        ]
        await self({"type": "http.response.start", "status": status, "headers": headers})
        await self({"type": "http.response.body", "body": content})


async def _drain(receive: Receive) -> None:
    """Take the rest and throw it away: who is cut off while sending never reads the answer."""
    dropped, more, until = 0, True, time.monotonic() + PAUSE
    while more and dropped < 2 * BODY_LIMIT and (left := until - time.monotonic()) > 0:
        try:
            message = await asyncio.wait_for(receive(), left)
        except TimeoutError:
            return
        dropped += len(message.get("body", b""))
        more = message.get("more_body", False)
