"""Visitors whose pages cannot open a socket: Gradio's requests over two connections each."""

from __future__ import annotations

import http.client
import json
import math
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

RATE = 60
CONNECTIONS = 2


class Page:
    """One dragging page: a position that moves, and connections that carry the newest one."""

    def __init__(self, ask: Callable[[], Callable[[list[float]], dict]], dims: int) -> None:
        self.ask = ask
        self.dims = dims
        self.waits: list[float] = []
        self.overtaken = 0
        self.sizes: set[int] = set()
        self.errors = 0
        self._taken = -1
        self._lock = threading.Lock()

    def drag(self, start: float, seconds: float) -> list[threading.Thread]:
        """Start the connections; each ends after `seconds`."""
        threads = [
            threading.Thread(target=self._carry, args=(start, seconds)) for _ in range(CONNECTIONS)
        ]
        for thread in threads:
            thread.start()
        return threads

    def _carry(self, start: float, seconds: float) -> None:
        call = self.ask()
        while (now := time.perf_counter() - start) < seconds:
            turn = math.floor(now * RATE)
            with self._lock:
                fresh = turn > self._taken
                self._taken = max(turn, self._taken)
            if not fresh:
                time.sleep(0.002)
                continue
            z = [math.sin(0.03 * turn + i) for i in range(self.dims)]
            asked = time.perf_counter()
            answer = call(z)
            self.waits.append(time.perf_counter() - asked)
            self.errors += "pixels" not in answer


def component(url: str, function: str) -> tuple[int, list[dict]]:
    """The id of the component that offers a server function, and all components."""
    line = http.client.HTTPConnection(urlsplit(url).netloc)
    line.request("GET", "/config")
    parts = json.loads(line.getresponse().read())["components"]
    fitting = [p["id"] for p in parts if function in (p["props"].get("server_fns") or [])]
    return fitting[0], parts


def caller(url: str, function: str) -> Callable[[], Callable[[dict], dict]]:
    """Makes connections that call a server function as the page does."""
    number = component(url, function)[0]

    def connect() -> Callable[[dict], dict]:
        line = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)

        def call(argument: dict) -> dict:
            body = {
                "data": argument,
                "component_id": number,
                "fn_name": function,
                "session_hash": "bench",
            }
            headers = {"Content-Type": "application/json"}
            line.request("POST", "/gradio_api/component_server/", json.dumps(body), headers)
            return json.loads(line.getresponse().read())

        return call

    return connect


class Requests:
    """Pages that drag at once, in threads; as `scripted_visitors.Crowd`.

    Args:
        url: of the app.
        count: of pages.
        model: a checkpoint.
        dims: its latent dimensions.
    """

    def __init__(self, url: str, count: int, model: str, dims: int) -> None:
        connect = caller(url, "decode")

        def ask() -> Callable[[list[float]], dict]:
            call = connect()
            return lambda z: call({"checkpoint": model, "z": z})

        self.visitors = [Page(ask, dims) for _ in range(count)]

    def drag(self, seconds: float) -> None:
        """All drag."""
        start = time.perf_counter()
        threads = [thread for page in self.visitors for thread in page.drag(start, seconds)]
        for thread in threads:
            thread.join()

    def forget(self) -> None:
        """Count from here on."""
        for page in self.visitors:
            page.waits, page.errors, page._taken = [], 0, -1

    def close(self) -> None:
        """Leave."""
