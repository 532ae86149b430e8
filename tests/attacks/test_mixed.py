"""Fifteen minutes of mixed traffic, or VAE_MIXED_SECONDS of it: memory stays where it was."""

from __future__ import annotations

import base64
import io
import json
import os
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
import websockets.sync.client
from harness import Server, server
from PIL import Image, ImageDraw

pytestmark = pytest.mark.slow
SECONDS = float(os.environ.get("VAE_MIXED_SECONDS", "75"))
WARM, MEGABYTES = 2_000, 50.0
"""Requests after which memory is compared, and by how much it may have grown in the end."""


def picture(seed: int) -> bytes:
    """A JPEG of a one or a seven, a photo's size."""
    image = Image.new("RGB", (600 + seed % 400, 800), "white")
    points = [(200, 200), (350, 180), (300, 600)] if seed % 2 else [(300, 180), (300, 620)]
    ImageDraw.Draw(image).line(points, "black", 30)
    buffer = io.BytesIO()
    image.save(buffer, "JPEG")
    return buffer.getvalue()


class Visitor:
    """Somebody who does all that the page and programs do."""

    def __init__(self, app: Server, client: httpx.Client, seed: int) -> None:
        self.app, self.client, self.count = app, client, 0
        self.name, self.chance = f"v{seed}", random.Random(seed)

    def ask(self, function: str, data: object) -> dict:
        """A server function, as the page calls it; each page load has a session of its own."""
        session = f"{self.name}-{self.count // 5}"
        number = self.app.component(function)
        body = {"component_id": number, "fn_name": function, "data": data, "session_hash": session}
        return self.post("gradio_api/component_server", json=body).json()

    def post(self, path: str, **options: object) -> httpx.Response:
        answer = self.client.post(self.app.url + path, **options)  # type: ignore[arg-type]
        self.count += 1
        return answer

    def get(self, path: str) -> httpx.Response:
        self.count += 1
        return self.client.get(self.app.url + path)

    def page(self) -> None:
        assert self.get("").status_code == 200

    def sample(self) -> None:
        data = {"checkpoint": "vae-flow", "n": 16, "seed": self.count, "temperature": 1.0}
        assert "pixels" in self.ask("sample", data)

    def reconstruct(self) -> None:
        text = base64.b64encode(picture(self.count)).decode()
        answer = self.ask("reconstruct", {"checkpoint": "vae-400", "picture": text})
        assert "reconstruction" in answer, answer

    def upload(self) -> None:
        """Read by a call, or left."""
        files = {"files": ("a.jpg", picture(self.count))}
        path = self.post("gradio_api/upload", files=files).json()[0]
        if self.count % 3:
            answer = self.post("gradio_api/run/encode", json={"data": ["vae-400", {"path": path}]})
            assert answer.status_code == 200, answer.text

    def call(self) -> None:
        """Through the queue, the result fetched or left."""
        z = [self.chance.gauss(0, 1) for _ in range(20)]
        answer = self.post("gradio_api/call/decode", json={"data": ["vae-400", z]}).json()
        if self.count % 3:
            assert "complete" in self.get(f"gradio_api/call/decode/{answer['event_id']}").text

    def mistake(self) -> None:
        assert "error" in self.ask("sample", {"checkpoint": self.count})
        assert self.post("gradio_api/call/nothing", json={"data": []}).status_code == 404

    def drag(self) -> None:
        with websockets.sync.client.connect(self.app.socket) as line:
            for turn in range(20):
                z = [self.chance.gauss(0, 1) for _ in range(20)]
                argument = {"checkpoint": "vae-400", "z": z}
                line.send(json.dumps({"id": turn, "name": "decode", "argument": argument}))
                assert "pixels" in json.loads(line.recv(timeout=60))

    def ways(self) -> list[Callable[[], None]]:
        often = [self.drag, self.sample, self.call, self.mistake, self.upload]
        return [self.page, self.reconstruct, *often * 3]

    def stay(self, is_over: Callable[[], bool]) -> None:
        """Do one thing after the other."""
        while not is_over():
            self.chance.choice(self.ways())()


@pytest.fixture
def visitors() -> Iterator[list[Visitor]]:
    with server() as app, httpx.Client(timeout=60) as client:
        yield [Visitor(app, client, seed) for seed in range(4)]


def test_memory_stays_where_it_was(visitors: list[Visitor]) -> None:
    app, start, warm = visitors[0].app, time.monotonic(), 0.0
    until = start + SECONDS
    with ThreadPoolExecutor(len(visitors)) as together:
        staying = [together.submit(v.stay, lambda: time.monotonic() > until) for v in visitors]
        while time.monotonic() < until and not any(each.done() for each in staying):
            time.sleep(1)
            count = sum(visitor.count for visitor in visitors)
            if count < WARM:
                until = max(until, time.monotonic() + SECONDS / 3)  # a slow machine takes longer
            elif not warm:
                warm = app.memory()
                print(f"\n{count} requests: {warm:.0f} MB, {warm - app.start:+.0f} since the start")
            elif int(time.monotonic()) % 60 == 0:
                print(f"{count} requests: {app.memory():.0f} MB", flush=True)
        for each in staying:
            each.result()
    end, count = app.memory(), sum(visitor.count for visitor in visitors)
    print(
        f"{count} requests in {time.monotonic() - start:.0f} s: {end - warm:+.0f} MB since {WARM}"
    )
    assert warm > 0
    assert end - warm <= MEGABYTES
