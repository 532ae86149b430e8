"""A root path that is called like our own folder: `--root-path /studio`, as the README has it.

A proxy may strip the root path or leave it, so that Starlette takes it off wherever a path begins
with it. `/studio/socket` is what is left after stripping, and would lose its own beginning.
"""

from __future__ import annotations

import re

from starlette.types import ASGIApp, Receive, Scope, Send

OWN = re.compile(r"/studio/(?:web/.*|socket|training)")
"""Paths of ours, as a browser asks for them relative to the page."""


class RootPath:
    """ASGI middleware that puts the root path back before our own paths."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        root = scope.get("root_path", "").rstrip("/")
        if root and OWN.fullmatch(scope.get("path", "")):
            scope = {**scope, "path": root + scope["path"]}
        await self.app(scope, receive, send)
