"""Pages as they leave: with the scripts that they begin with named early, and compressed.

Gradio puts what `head` holds into the page only once its own scripts run; by then the connections
are idle no more. And it compresses files alone, though no answer is larger than a page.
"""

from __future__ import annotations

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vae_core.app.server import routes
from vae_core.app.server.compression import KEPT

HEAD, BODY = b"</head>", b"<gradio-app"
RESIZER = b"document.head.appendChild(script);"
FRAMED = b"if (window.parent !== window) " + RESIZER
"""Gradio's page brings a script of 5 kB for pages in frames to all."""


class Pages:
    """ASGI middleware; answers to a moving hand, streams and files go by untouched.

    Args:
        app: what makes the pages.
        head: markup that goes to the end of a page's head.
        body: markup that goes before Gradio's, to be seen until that is there.
    """

    def __init__(self, app: ASGIApp, head: str, body: str = "") -> None:
        self.app, self.head, self.body = app, head.encode(), body.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and routes.RENDERED.fullmatch(routes.path_of(scope))
        if not is_page:
            return await self.app(scope, receive, send)
        start: Message | None = None
        accepted = Headers(scope=scope).get("accept-encoding", "")

        async def packed(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None:
                if not message.get("more_body"):
                    message = self._packed(start, message, accepted)
                first, start = start, None
                await send(first)
            await send(message)

        await self.app(scope, receive, packed)

    def _packed(self, start: Message, message: Message, accepted: str) -> Message:
        """The only message of a body, with our markup in it if it is a page, compressed."""
        headers = MutableHeaders(raw=start["headers"])
        body = message.get("body", b"")
        if headers.get("content-type", "").startswith("text/html"):
            body = body.replace(HEAD, self.head + HEAD, 1).replace(BODY, self.body + BODY, 1)
            body = body.replace(RESIZER, FRAMED, 1)
        if "content-encoding" not in headers:
            body = KEPT.encode(body, accepted, headers)
        return {**message, "body": body}
