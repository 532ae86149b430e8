"""Pages as they leave: with the modules that they begin with named early, and compressed.

Gradio puts what `head` holds into the page only once its own scripts run; by then the connections
are idle no more. And it compresses files alone, though no answer is larger than a page.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vae_core.app.server import routes

LEVEL = 5
"""Of gzip: three milliseconds a page, a quarter of its bytes."""

HEAD = b"</head>"


class Pages:
    """ASGI middleware; answers to a moving hand, streams and files go by untouched.

    Args:
        app: what makes the pages.
        head: markup that goes to the end of a page's head.
    """

    def __init__(self, app: ASGIApp, head: str) -> None:
        self.app, self.pages = app, GZipMiddleware(self._page, compresslevel=LEVEL)
        self.head = head.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and routes.RENDERED.fullmatch(routes.path_of(scope))
        await (self.pages if is_page else self.app)(scope, receive, send)

    async def _page(self, scope: Scope, receive: Receive, send: Send) -> None:
        start: Message | None = None

        async def headed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None:
                if not message.get("more_body"):
                    message = self._headed(start, message)
                first, start = start, None
                await send(first)
            await send(message)

        await self.app(scope, receive, headed)

    def _headed(self, start: Message, message: Message) -> Message:
        """The only message of a body, with our head in it if it is a page."""
        headers = MutableHeaders(raw=start["headers"])
        if not headers.get("content-type", "").startswith("text/html"):
            return message
        body = message.get("body", b"").replace(HEAD, self.head + HEAD, 1)
        headers["content-length"] = str(len(body))
        return {**message, "body": body}
