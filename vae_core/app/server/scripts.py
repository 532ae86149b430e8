"""The page's own files: modules, markup, styles, the sheet of examples; read once, served as text.

Modules import one another by relative addresses, so all of them lie under one folder whose name is
a hash of all their contents: a browser may keep them for ever, and never mixes two versions.
"""

from __future__ import annotations

import gzip
import hashlib
import posixpath
import re
from collections.abc import Iterable
from functools import cache

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from vae_core.app.server import routes
from vae_core.files import ASSETS, PACKAGE

WEB = PACKAGE / "app" / "web"
PREFIX = "studio/web"
"""Relative to the page, which may lie below a proxy's root path."""

SERVED = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".png": "image/png",
}
EXAMPLES = "digits.png"
TEST_DIGITS = "mnist-test.png"
FOR_EVER = "public, max-age=31536000, immutable"
IMPORT = re.compile(r"""^(?:import|export)\b[^;]*?\bfrom\s+"(\.[^"]+)";""", re.M)


def text(name: str) -> str:
    """The text of a file in `web`.

    Raises:
        FileNotFoundError: it is not there: a panel without its markup would be blank.
    """
    return (WEB / name).read_text("utf-8")


def style(name: str) -> str:
    """The rules of `web/NAME.css`; none where a panel has no styles of its own."""
    return text(f"{name}.css") if (WEB / f"{name}.css").is_file() else ""


@cache
def served() -> dict[str, bytes]:
    """Every file that a browser may fetch, by its path in `web`."""
    found = (path for path in sorted(WEB.rglob("*")) if path.suffix in SERVED)
    files = {path.relative_to(WEB).as_posix(): path.read_bytes() for path in found}
    return files | {name: (ASSETS / name).read_bytes() for name in (EXAMPLES, TEST_DIGITS)}


@cache
def version() -> str:
    """A name for the contents of all served files together."""
    digest = hashlib.sha256()
    for name, content in served().items():
        digest.update(f"{name} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()[:16]


def address(name: str) -> str:
    """Where a served file is, relative to the page."""
    return f"{PREFIX}/{version()}/{name}"


def needed(names: Iterable[str]) -> list[str]:
    """These modules and all that they import, each once, in the order in which they are met."""
    found, waiting = [], list(names)
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        found.append(name)
        folder = posixpath.dirname(name)
        imported = IMPORT.findall(text(name))
        waiting += [posixpath.normpath(posixpath.join(folder, each)) for each in imported]
    return found


@cache
def compressed() -> dict[str, bytes]:
    """The text files among them as gzip."""
    text_files = {name: each for name, each in served().items() if not name.endswith(".png")}
    return {name: gzip.compress(each, mtime=0) for name, each in text_files.items()}


def answer(path: str, accepted: str) -> Response:
    """One file of this version; a page that was opened before an update gets none of the new.

    Args:
        path: below PREFIX: version and name.
        accepted: the encodings that the browser takes.
    """
    asked, _, name = path.partition("/")
    content = served().get(name) if asked == version() else None
    if content is None:
        return Response("There is no such file in this version.", 404)
    headers = {"cache-control": FOR_EVER, "vary": "accept-encoding"}
    if "gzip" in accepted and name in compressed():
        content = compressed()[name]
        headers["content-encoding"] = "gzip"
    return Response(content, headers=headers, media_type=SERVED[posixpath.splitext(name)[1]])


class Files:
    """ASGI middleware that answers for all these files from memory, before anything is looked up.

    A page begins with dozens of them; each costs a fifth of what a route would.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        compressed()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_read = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        path = routes.path_of(scope).removeprefix(f"/{PREFIX}/") if is_read else ""
        if not is_read or path == routes.path_of(scope):
            return await self.app(scope, receive, send)
        accepted = Headers(scope=scope).get("accept-encoding", "")
        await answer(path, accepted)(scope, receive, send)
