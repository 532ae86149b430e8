"""Gradio's own files: which of them a page begins with, and how they are sent.

Gradio's page finds its files in four waves, each a wait of its own on a slow line; and it sends
them with less compression than they bear, asked for again at each visit though their names hold a
hash of what they are. Nothing here is needed: where Gradio's files look otherwise than today, its
own ways serve them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import gradio
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from vae_core.app.server import routes
from vae_core.app.server.compression import KEPT

FOLDER = Path(gradio.__file__).parent / "templates" / "frontend"
FILE = re.compile(r"/(?P<path>assets/[\w.-]+\.(?:js|css)|static/js/[\w.-]+\.js)")
FOR_EVER = "public, max-age=31536000, immutable"
TYPES = {".js": "text/javascript", ".css": "text/css"}
A_DAY = "public, max-age=86400"

ENTRY = re.compile(r'<script type="module"[^>]* src="\./assets/([\w.-]+\.js)">')
LISTS = re.compile(r"__vite__mapDeps=.*?m\.f=(\[[^\]]*\])")
TAIL = r"[^_]{0,60}?__vite__mapDeps\(\[([\d,]*)\]\)"
PART = r"\b%s:\{(?:(?!\w+:\{).)*?component:\(\)=>.\(\(\)=>import\(`\./([\w.-]+)`" + TAIL
PAGE = re.compile(r"import\(`\./(Blocks-[\w.-]+)`" + TAIL)
KINDS = ("html", "tabs", "tabitem", "column", "state")
"""Of components on our page; Gradio puts a column around all, and endpoints hold states."""
WANTED = (PAGE, *(re.compile(PART % kind) for kind in KINDS))


@cache
def content(path: str) -> bytes | None:
    """A file of Gradio's page, None where there is no such one."""
    file = FOLDER / path
    return file.read_bytes() if file.is_file() else None


@cache
def first_files() -> list[str]:
    """Paths of the scripts and styles that a page of ours begins with, but for the very first.

    None where they are not found: they come one after the other then.
    """
    [entry] = ENTRY.findall((content("index.html") or b"").decode()) or [""]
    names: list[str] = []
    for name in _listed(entry):
        names += [name, *_asked_for(name)]
    return [f"assets/{name}" for name in dict.fromkeys(names) if name != entry]


def _asked_for(name: str) -> Iterator[str]:
    """What a script asks for as our page needs it, and what that needs in its turn."""
    listed = _listed(name)
    for found in (match for each in WANTED for match in each.finditer(_text(name))):
        yield found[1]
        numbers = [int(each) for each in found[2].split(",") if each]
        yield from (listed[each] for each in numbers if each < len(listed))


def _text(name: str) -> str:
    return (content(f"assets/{name}") or b"").decode() if name.endswith(".js") else ""


def _listed(name: str) -> list[str]:
    """The files that a script's list names."""
    found = LISTS.search(_text(name))
    return re.findall(r'"\./([\w.-]+)"', found[1]) if found else []


class Frontend:
    """ASGI middleware that answers for Gradio's scripts and styles from memory."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_read = scope["type"] == "http" and scope["method"] in ("GET", "HEAD")
        found = FILE.fullmatch(routes.path_of(scope)) if is_read else None
        body = content(found["path"]) if found else None
        if found is None or body is None:
            return await self.app(scope, receive, send)
        await answer(found["path"], body, scope)(scope, receive, send)


def answer(path: str, body: bytes, scope: Scope) -> Response:
    """One file, compressed; its name says what it is where it holds a hash."""
    lasting = FOR_EVER if path.startswith("assets/") else A_DAY
    response = Response(media_type=TYPES[Path(path).suffix], headers={"cache-control": lasting})
    accepted = Headers(scope=scope).get("accept-encoding", "")
    response.body = KEPT.encode(body, accepted, response.headers)
    return response
