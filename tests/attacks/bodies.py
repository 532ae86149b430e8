"""Attacks by what a request carries: bodies, uploads, names, pictures."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import threading
import time

import httpx
import websockets.sync.client
from harness import SECONDS, Server
from PIL import Image

FILE = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
FORM = "multipart/form-data; boundary=x"


CLIENT = httpx.Client(timeout=60, limits=httpx.Limits(max_connections=100))
"""One for all: setting one up costs as much as a hundred requests."""


def send(app: Server, path: str, content: bytes, kind: str = "application/json") -> None:
    with contextlib.suppress(httpx.HTTPError):  # cut off in the middle is an answer too
        CLIENT.post(app.url + path, content=content, headers={"content-type": kind})


def component(app: Server, name: str, data: object, session: str = "attack") -> None:
    body = {"component_id": app.component(name), "fn_name": name, "data": data}
    send(app, "gradio_api/component_server", json.dumps({**body, "session_hash": session}).encode())


def lists(app: Server) -> None:
    body = b'{"data":[' + b"[]," * 15_000_000 + b"1]}"
    for path in ("call/decode", "queue/join", "component_server/"):
        send(app, f"gradio_api/{path}", body)
    send(app, "studio/bulk/sample", body)


def other_uploads(app: Server) -> None:
    send(app, "gradio_api/call/upload", b'{"data":["' + b"a" * 100_000_000 + b'"]}')
    field = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"a" * 100_000_000
    send(app, "gradio_api/upload", field + b"\r\n--x--\r\n", FORM)


def many_uploads(app: Server) -> None:
    for number in range(200):
        send(app, "gradio_api/upload", FILE + b"%d" % number + b"\r\n--x--\r\n", FORM)


def slow_model(app: Server) -> None:
    argument = {"checkpoint": "vae-pixelcnn", "z": [0.0] * 16}
    with contextlib.ExitStack() as stack:
        connect = websockets.sync.client.connect
        lines = [stack.enter_context(connect(app.socket, open_timeout=60)) for _ in range(4)]
        until = time.monotonic() + SECONDS - 3
        while time.monotonic() < until:
            for line in lines:
                line.send(json.dumps({"id": 1, "name": "decode", "argument": argument}))
            for line in lines:
                line.recv(timeout=60)


def long_lists_of_names(app: Server) -> None:
    component(app, "family", {"picture": "aaaa", "names": ["vae-flow"] * 4000})


def long_sessions(app: Server) -> None:
    for _ in range(10):
        component(app, "names", {"checkpoint": "vae-400"}, "a" * 20_000_000)


def heavy_calls(app: Server) -> None:
    data = {"checkpoint": "vae-flow", "n": 256, "seed": 0, "temperature": 1.0}
    calls = [threading.Thread(target=component, args=(app, "sample", data)) for _ in range(60)]
    for call in calls:
        call.start()
    for call in calls:
        call.join()


def bulk_calls(app: Server) -> None:
    """Sixty at once for what travels as bytes: draws, and a film's file."""
    draws = {"checkpoint": "vae-flow", "n": 256, "seed": 0, "temperature": 1.0}
    ends = {"a": [0.0] * 32, "b": [1.0] * 32}
    film = {"checkpoint": "vae-flow", "path": "linear", **ends}
    asked = [("sample", draws), ("film", film)] * 30
    calls = [threading.Thread(target=bulk, args=(app, name, data)) for name, data in asked]
    for call in calls:
        call.start()
    for call in calls:
        call.join()


def bulk(app: Server, name: str, data: dict[str, object]) -> None:
    with contextlib.suppress(httpx.HTTPError):
        CLIENT.post(f"{app.url}studio/bulk/{name}", json={"data": data})


def many_pages(app: Server) -> None:
    paths = ("", "config", "gradio_api/info", "theme.css")
    calls = [threading.Thread(target=visit, args=(app, paths[i % 4])) for i in range(120)]
    for call in calls:
        call.start()
    for call in calls:
        call.join()


def visit(app: Server, path: str) -> None:
    with contextlib.suppress(httpx.HTTPError):
        CLIENT.get(app.url + path)


@functools.cache
def bomb(mode: str, kind: str, **options: int) -> bytes:
    """62 megapixels of nothing in a small file."""
    buffer = io.BytesIO()
    Image.new(mode, (7900, 7900)).save(buffer, kind, **options)
    return buffer.getvalue()


def packed() -> list[bytes]:
    """A bomb of each kind; the first call takes seconds."""
    return [bomb("RGBA", "PNG"), bomb("RGB", "WEBP", method=0), bomb("L", "TIFF")]


def bombs(app: Server) -> None:
    for content in packed():
        file = {"files": ("a.png", content)}
        try:
            answer = CLIENT.post(app.url + "gradio_api/upload", files=file)
        except httpx.HTTPError:
            continue
        if answer.status_code == 200:
            picture = {"data": ["vae-400", {"path": answer.json()[0]}]}
            send(app, "gradio_api/run/encode", json.dumps(picture).encode())
