"""What every answer tells the browser: take nothing for what it is not, and who may frame it."""

from __future__ import annotations

import os

from starlette.types import ASGIApp, Message, Receive, Scope, Send

FRAMES = "https://huggingface.co https://*.hf.space"
"""Who may show the app in a frame beside itself: a Space does. VAE_FRAMES names others."""


PARTS = (
    b"text/javascript",
    b"text/css",
    b"application/json",
    b"application/octet-stream",
    b"image/png",
)
"""Types of what no window shows as a page of its own, so that a policy would say nothing; with
half a hundred parts to a page, it would be a tenth of all bytes."""


def policy() -> str:
    """The content security policy: this host alone; Gradio's page needs inline scripts and eval."""
    rules = {
        "default-src": "'self'",
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src": "'self' 'unsafe-inline'",
        "img-src": "'self' data: blob:",
        "media-src": "'self' data: blob:",
        "font-src": "'self' data:",
        "connect-src": "'self' data: blob:",
        "worker-src": "'self' blob:",
        "object-src": "'none'",
        "base-uri": "'self'",
        "form-action": "'self'",
        "frame-ancestors": f"'self' {os.environ.get('VAE_FRAMES', FRAMES)}",
    }
    return "; ".join(f"{name} {value}" for name, value in rules.items())


class SecurityHeaders:
    """ASGI middleware that adds them where an answer has none of its own."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.headers = ((b"x-content-type-options", b"nosniff"),)
        self.of_pages = (
            (b"referrer-policy", b"strict-origin-when-cross-origin"),
            (b"content-security-policy", policy().encode("latin-1")),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = list(message.get("headers", ()))
                known = {name.lower(): value for name, value in given}
                is_part = known.get(b"content-type", b"").split(b";")[0] in PARTS
                added = self.headers if is_part else self.headers + self.of_pages
                given += [pair for pair in added if pair[0] not in known]
                message = {**message, "headers": given}
            await send(message)

        await self.app(scope, receive, with_headers)
