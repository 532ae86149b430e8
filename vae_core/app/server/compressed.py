"""Pages go out compressed: Gradio does that for files alone, and a page is its largest answer."""

from __future__ import annotations

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from vae_core.app.server import doors

LEVEL = 5
"""Of gzip: three milliseconds a page, a quarter of its bytes."""


class CompressedPages:
    """ASGI middleware; answers to a moving hand, streams and files go by untouched."""

    def __init__(self, app: ASGIApp) -> None:
        self.app, self.pages = app, GZipMiddleware(app, compresslevel=LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_page = scope["type"] == "http" and doors.RENDERED.fullmatch(doors.path_of(scope))
        await (self.pages if is_page else self.app)(scope, receive, send)
