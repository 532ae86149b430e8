"""The page's own files: modules, markup, styles, the sheet of examples; read once, served as text.

Modules import one another by relative addresses, so all of them lie under one folder whose name is
a hash of all that is sent: a browser may keep them for ever, and never mixes two versions. The
modules that the page begins with are linked into one file.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from functools import cache

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from vae_core.app.server import linking, routes
from vae_core.app.server.compression import KEPT
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
FIRST_MODULES = ("parts/header.js", "core/bulk.js", "panels/explore.js")
"""What the page mounts on arrival; the modules of other panels come when they are opened."""


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
def linked() -> linking.Linked:
    """The modules as browsers get them."""
    paths = sorted(WEB.rglob("*.js"))
    sources = {path.relative_to(WEB).as_posix(): path.read_text("utf-8") for path in paths}
    return linking.Linked(sources, FIRST_MODULES)


@cache
def served() -> dict[str, bytes]:
    """Every file that a browser may fetch, by its path."""
    found = (path for path in sorted(WEB.rglob("*")) if path.suffix in SERVED)
    files = {path.relative_to(WEB).as_posix(): path.read_bytes() for path in found}
    modules = {name: linked().served(name).encode() for name in linked().sources}
    assets = {name: (ASSETS / name).read_bytes() for name in (EXAMPLES, TEST_DIGITS)}
    return files | modules | assets | {linking.FILE: linked().file.encode()}


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


def module(name: str) -> str:
    """JavaScript that brings a module, a promise."""
    if name not in linked().first:
        return f"import(new URL({json.dumps(address(name))}, document.baseURI))"
    page = json.dumps(address(linking.FILE))
    get = f"({{ {linking.ALL} }}) => {linking.ALL}[{json.dumps(name)}]"
    return f"import(new URL({page}, document.baseURI)).then({get})"


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
    kind = posixpath.splitext(name)[1]
    response = Response(headers={"cache-control": FOR_EVER}, media_type=SERVED[kind])
    packed = "" if kind == ".png" else accepted
    response.body = KEPT.encode(content, packed, response.headers)
    return response


class Files:
    """ASGI middleware that answers for all these files from memory, before anything is looked up.

    A page begins with dozens of them; each costs a fifth of what a route would.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        served()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_read = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        path = routes.path_of(scope).removeprefix(f"/{PREFIX}/") if is_read else ""
        if not is_read or path == routes.path_of(scope):
            return await self.app(scope, receive, send)
        accepted = Headers(scope=scope).get("accept-encoding", "")
        await answer(path, accepted)(scope, receive, send)
