"""The page's own files: modules, markup, styles, the sheet of examples; read once, served as text.

Modules import one another by relative addresses, so all of them lie under one folder whose name is
a hash of all their contents: a browser may keep them for ever, and never mixes two versions.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterable
from functools import cache

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from vae_core.files import ASSETS, PACKAGE

WEB = PACKAGE / "app" / "web"
PREFIX = "studio/web"
"""Relative to the page, which may lie below a proxy's root path."""

SERVED = {".js": "text/javascript; charset=utf-8", ".png": "image/png"}
EXAMPLES = "digits.png"
FOR_EVER = "public, max-age=31536000, immutable"
IMPORT = re.compile(r"""^(?:import|export)\b[^;]*?\bfrom\s+"(\.[^"]+)";""", re.M)


def text(name: str) -> str:
    """The text of a file in `web`, empty when there is none."""
    path = WEB / name
    return path.read_text("utf-8") if path.is_file() else ""


@cache
def served() -> dict[str, bytes]:
    """Every file that a browser may fetch, by its path in `web`."""
    found = (path for path in sorted(WEB.rglob("*")) if path.suffix in SERVED)
    files = {path.relative_to(WEB).as_posix(): path.read_bytes() for path in found}
    return files | {EXAMPLES: (ASSETS / EXAMPLES).read_bytes()}


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


async def answer(request: Request) -> Response:
    """One file of this version; a page that was opened before an update is told to load again."""
    name = request.path_params["name"]
    content = served().get(name) if request.path_params["version"] == version() else None
    if content is None:
        return Response("There is no such file in this version.", 404)
    kind = SERVED[posixpath.splitext(name)[1]]
    return Response(content, headers={"cache-control": FOR_EVER}, media_type=kind)


def route() -> Route:
    """The route of all these files, GET and HEAD."""
    return Route(f"/{PREFIX}/{{version}}/{{name:path}}", answer)
