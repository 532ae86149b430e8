"""One visitor attacks, another drags: the longest wait, the memory taken, the files left behind."""

from __future__ import annotations

import contextlib
import io
import json
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import pytest
import websockets.sync.client
from harness import Server, dragging, server  # pyright: ignore[reportMissingImports]
from PIL import Image

pytestmark = pytest.mark.slow
SECONDS, GAP, MEGABYTES = 8.0, 0.5, 400.0


def send(app: Server, path: str, content: bytes, kind: str = "application/json") -> None:
    with contextlib.suppress(httpx.HTTPError):  # cut off in the middle is an answer too
        httpx.post(app.url + path, content=content, headers={"content-type": kind}, timeout=30)


def lists(app: Server) -> None:
    body = b'{"data":[' + b"[]," * 15_000_000 + b"1]}"
    for path in ("call/decode", "queue/join", "component_server/"):
        send(app, f"gradio_api/{path}", body)


def other_uploads(app: Server) -> None:
    send(app, "gradio_api/call/upload", b'{"data":["' + b"a" * 100_000_000 + b'"]}')
    field = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"a" * 100_000_000
    send(app, "gradio_api/upload", field + b"\r\n--x--\r\n", "multipart/form-data; boundary=x")


def many_uploads(app: Server) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.png"\r\n\r\n'
    for number in range(200):
        body = head + b"%d" % number + b"\r\n--x--\r\n"
        send(app, "gradio_api/upload", body, "multipart/form-data; boundary=x")


def slow_model(app: Server) -> None:
    url = app.url.replace("http", "ws", 1) + "studio/line"
    argument = {"checkpoint": "vae-pixelcnn", "z": [0.0] * 16}
    with contextlib.ExitStack() as stack:
        lines = [stack.enter_context(websockets.sync.client.connect(url)) for _ in range(4)]
        until = time.monotonic() + SECONDS - 3
        while time.monotonic() < until:
            for line in lines:
                line.send(json.dumps({"turn": 1, "name": "decode", "argument": argument}))
            for line in lines:
                line.recv(timeout=60)


def component(app: Server, name: str, data: object, session: str = "attack") -> None:
    body = {"component_id": app.component(name), "fn_name": name, "data": data}
    send(app, "gradio_api/component_server", json.dumps({**body, "session_hash": session}).encode())


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
    assert httpx.get(app.url, timeout=30).elapsed.total_seconds() < 3
    for call in calls:
        call.join()


def bombs(app: Server) -> None:
    for mode, kind in (("RGBA", "PNG"), ("RGB", "WEBP"), ("L", "TIFF")):
        buffer = io.BytesIO()
        Image.new(mode, (7900, 7900)).save(
            buffer, kind, **({"method": 0} if kind == "WEBP" else {})
        )
        data = httpx.post(
            app.url + "gradio_api/upload", files={"files": ("a.png", buffer.getvalue())}, timeout=30
        ).json()
        send(
            app,
            "gradio_api/run/encode",
            json.dumps({"data": ["vae-400", {"path": data[0]}]}).encode(),
        )


ATTACKS = (
    lists,
    other_uploads,
    many_uploads,
    slow_model,
    long_lists_of_names,
    long_sessions,
    heavy_calls,
    bombs,
)


@pytest.fixture(scope="module")
def app() -> Iterator[Server]:
    with server() as running:
        with dragging(running, 2):
            pass
        yield running


def measured(app: Server, *attacks: Callable[[Server], None]) -> tuple[float, float, float]:
    """The longest wait beside nothing and beside the attacks, in s, and the memory, in MB."""
    with dragging(app, 2) as idle:
        pass
    before = app.memory("VmRSS")
    with dragging(app, SECONDS) as told:
        threads = [threading.Thread(target=attack, args=(app,)) for attack in attacks]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    return idle["gap"], told["gap"], app.memory() - before


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_an_attack_makes_nobody_wait(app: Server, attack: Callable[[Server], None]) -> None:
    idle, gap, memory = measured(app, attack)
    print(f"{attack.__name__}: idle {idle:.3f} s, beside it {gap:.3f} s, {memory:+.0f} MB")
    assert gap <= GAP
    assert memory <= MEGABYTES


def test_all_of_them_together_and_what_they_leave(app: Server) -> None:
    idle, gap, memory = measured(app, *ATTACKS)
    print(f"together: idle {idle:.3f} s, beside them {gap:.3f} s, {memory:+.0f} MB")
    assert gap <= GAP
    assert memory <= MEGABYTES
    until = time.monotonic() + 60
    while app.files() and time.monotonic() < until:
        time.sleep(1)
    assert app.files() == 0
