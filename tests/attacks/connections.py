"""Attacks by connections that are held: silent, slow, or never read.

They come from an address of their own, as other people's connections do.
"""

from __future__ import annotations

import contextlib
import json
import selectors
import socket
import struct
import time
from collections.abc import Iterator, Sequence

import httpx
from bodies import FILE
from harness import SECONDS, Server

ELSEWHERE = "127.0.0.2"
HELD = SECONDS - 2
"""Seconds that a connection is held."""

WEBSOCKET = (
    "GET /studio/socket HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
POST = "POST /gradio_api/{path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {kind}\r\n"


@contextlib.contextmanager
def connected(app: Server, count: int, small: bool = False) -> Iterator[list[socket.socket]]:
    """Open connections, as many of `count` as the server takes; `small` ones receive little."""
    host, port = app.host.split(":")
    with contextlib.ExitStack() as stack:
        found = []
        for _ in range(count):
            each = stack.enter_context(socket.socket())
            if small:
                each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            each.bind((ELSEWHERE, 0))
            each.settimeout(5)
            with contextlib.suppress(OSError):
                each.connect((host, int(port)))
                each.setblocking(False)
                found.append(each)
        yield found


def give(sockets: Sequence[socket.socket], content: bytes) -> None:
    """Send to all of them what each takes at once."""
    for each in sockets:
        with contextlib.suppress(OSError):
            each.send(content)


def trickle(sockets: Sequence[socket.socket], content: bytes) -> None:
    """Send a few bytes a second, as long as connections are held."""
    until = time.monotonic() + HELD
    while time.monotonic() < until:
        give(sockets, content)
        time.sleep(1)


def closed(sockets: Sequence[socket.socket], seconds: float) -> int:
    """How many the server has closed by then."""
    found, until = set[int](), time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        for each in sockets:
            selector.register(each, selectors.EVENT_READ)
        while len(found) < len(sockets) and (left := until - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                assert isinstance(key.fileobj, socket.socket)
                with contextlib.suppress(BlockingIOError):
                    try:
                        ended = not key.fileobj.recv(65536)
                    except ConnectionError:
                        ended = True
                    if ended:
                        found.add(key.fd)
                        selector.unregister(key.fileobj)
    return len(found)


def idle_connections(app: Server) -> None:
    with connected(app, 1200):
        time.sleep(HELD)


def idle_sockets(app: Server) -> None:
    with connected(app, 400) as held:
        give(held, WEBSOCKET.format(host=app.host).encode())
        time.sleep(HELD)


def slow_headers(app: Server) -> None:
    with connected(app, 500) as held:
        give(held, f"GET / HTTP/1.1\r\nHost: {app.host}\r\n".encode())
        trickle(held, b"X-A: b\r\n")


def slow_bodies(app: Server) -> None:
    kind = "application/json"
    head = POST.format(path="call/encode", host=app.host, kind=kind)
    with connected(app, 300) as held:
        give(held, (head + 'Content-Length: 40000000\r\n\r\n{"data":["vae-400", "').encode())
        trickle(held, b"aaaa")


def slow_uploads(app: Server) -> None:
    head = POST.format(path="upload", host=app.host, kind="multipart/form-data; boundary=x")
    with connected(app, 100) as held:
        give(held, (head + "Content-Length: 40000000\r\n\r\n").encode() + FILE)
        trickle(held, b"aaaa")


def unread_pages(app: Server) -> None:
    with connected(app, 600, small=True) as held:
        give(held, f"GET / HTTP/1.1\r\nHost: {app.host}\r\n\r\n".encode())
        time.sleep(HELD)


def unread_answers(app: Server) -> None:
    """Live answers on sockets, and samples of half a megabyte, that nobody takes off the line."""
    data = {"checkpoint": "vae-400", "n": 256}
    body = {"component_id": app.component("sample"), "fn_name": "sample", "data": data}
    content = json.dumps({**body, "session_hash": "unread"}).encode()
    head = POST.format(path="component_server/", host=app.host, kind="application/json")
    with connected(app, 100, small=True) as calls, connected(app, 50, small=True) as sockets:
        give(calls, head.encode() + b"Content-Length: %d\r\n\r\n" % len(content) + content)
        give(sockets, WEBSOCKET.format(host=app.host).encode())
        message = json.dumps(
            {"id": 1, "name": "decode", "argument": {"checkpoint": "vae-400", "z": [0.0] * 20}}
        ).encode()
        frame = b"\x81\xfe%b\0\0\0\0%b" % (len(message).to_bytes(2, "big"), message)
        until = time.monotonic() + HELD
        while time.monotonic() < until:
            give(sockets, frame * 4)
            time.sleep(0.1)


def questions_without_end(app: Server) -> None:
    """Binary requests as fast as the sockets take them, of several pictures; some sockets read."""
    head = b'{"name":"decode","argument":{"checkpoint":"vae-400"},"numbers":{"z":20}}'
    asked = bytearray()
    for number in range(64):
        start = struct.pack("<IHH", number, number % 16, len(head))
        message = start + head + bytes(80)
        asked += b"\x82\xfe" + struct.pack(">H", len(message)) + bytes(4) + message
    with connected(app, 60) as held:
        give(held, WEBSOCKET.format(host=app.host).encode())
        until = time.monotonic() + HELD
        while time.monotonic() < until:
            give(held, bytes(asked))
            for each in held[::2]:
                with contextlib.suppress(OSError):
                    each.recv(2**20)
            time.sleep(0.01)  # an attacker's own work is not the server's


def unread_results(app: Server) -> None:
    """Calls through the queue whose results nobody fetches."""
    with httpx.Client(transport=httpx.HTTPTransport(local_address=ELSEWHERE), timeout=30) as client:
        config = client.get(app.url + "config").json()["dependencies"]
        number = next(each["id"] for each in config if each["api_name"] == "sample")
        until = time.monotonic() + HELD
        while time.monotonic() < until:
            data = ["vae-400", 256, 0, 1.0]
            with contextlib.suppress(httpx.HTTPError):
                for session in ("one", "two"):
                    join = {"data": data, "fn_index": number, "session_hash": session}
                    client.post(app.url + "gradio_api/queue/join", json=join)
                client.post(app.url + "gradio_api/call/sample", json={"data": data})


def cut_uploads(app: Server) -> None:
    head = POST.format(path="upload", host=app.host, kind="multipart/form-data; boundary=x")
    with connected(app, 40) as held:
        give(held, (head + "Content-Length: 40000000\r\n\r\n").encode() + FILE)
        for _ in range(40):
            give(held, bytes(50_000))
            time.sleep(0.02)


def other_routes(app: Server) -> None:
    """Routes of Gradio by which files might come in and stay."""
    with httpx.Client(transport=httpx.HTTPTransport(local_address=ELSEWHERE), timeout=30) as client:
        for path in (
            "process_recording",
            "component_server/",
            "stream/a",
            "upload/",
            "call/upload",
        ):
            for field in ("files", "file", "data"):
                with contextlib.suppress(httpx.HTTPError):
                    files = {field: ("a.webm", bytes(5_000_000))}
                    client.post(app.url + "gradio_api/" + path, files=files)
