"""Eight visitors drag at once: decodes a second each, and how long an answer takes.

    python tests/benchmarks/bench_visitors.py [--visitors 8] [--seconds 8] [--busy] [--rows]

Each visitor does what a page does while a slider moves: sixty positions a second over two sockets,
the newest wins; with --requests, a page that cannot open a socket. With --busy one more visitor
keeps drawing 256 samples; with --rows each page also asks for its row of ten digits, five times a
second, as Explore does for a model that knows digits.
"""

from __future__ import annotations

import argparse
import http.client
import json
import math
import statistics
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import websockets.sync.client

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
import driving

RATE = 60
CONNECTIONS = 2
ROWS_A_SECOND = 5


class Visitor:
    """One dragging visitor: a position that moves, and connections that carry the newest one."""

    def __init__(self, ask: Callable[[], Callable[[list[float]], dict]], dims: int) -> None:
        self.ask = ask
        self.dims = dims
        self.milliseconds: list[float] = []
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
            self.milliseconds.append((time.perf_counter() - asked) * 1e3)
            self.errors += "pixels" not in answer


def follow_rows(ask: Callable[[dict], dict], asked: dict, start: float, seconds: float) -> None:
    """Ask for the row of ten digits until the time is up, never faster than a page does."""
    turn = 0
    while (now := time.perf_counter() - start) < seconds:
        if now * ROWS_A_SECOND < turn:
            time.sleep(0.01)
            continue
        turn = math.floor(now * ROWS_A_SECOND) + 1
        answer = ask(asked)
        assert "pixels" in answer, answer


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


def socket_caller(url: str, function: str) -> Callable[[], Callable[[dict], dict]]:
    """The same over the socket of the live functions."""

    def connect() -> Callable[[dict], dict]:
        line = websockets.sync.client.connect(url.replace("http", "ws", 1) + "studio/socket")

        def call(argument: dict) -> dict:
            line.send(json.dumps({"id": 1, "name": function, "argument": argument}))
            return json.loads(line.recv(timeout=30))

        return call

    return connect


def main() -> None:
    """Run and print one line a visitor."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visitors", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--model", default="vae-400")
    parser.add_argument("--dims", type=int, default=20)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--requests", action="store_true")
    parser.add_argument("--rows", action="store_true")
    wanted = parser.parse_args()
    with driving.server() as url:
        decode = (caller if wanted.requests else socket_caller)(url, "decode")

        def ask() -> Callable[[list[float]], dict]:
            call = decode()
            return lambda z: call({"checkpoint": wanted.model, "z": z})

        ask()([0.0] * wanted.dims)
        visitors = [Visitor(ask, wanted.dims) for _ in range(wanted.visitors)]
        start = time.perf_counter()
        threads = [t for visitor in visitors for t in visitor.drag(start, wanted.seconds)]
        if wanted.rows:
            at = {"checkpoint": wanted.model, "z": [0.1] * wanted.dims}
            each = [(caller(url, "row")(), at, start, wanted.seconds) for _ in visitors]
            followers = [threading.Thread(target=follow_rows, args=asked) for asked in each]
            for thread in followers:
                thread.start()
            threads += followers
        if wanted.busy:
            sample = caller(url, "sample")()
            while time.perf_counter() - start < wanted.seconds:
                sample({"checkpoint": wanted.model, "n": 256, "seed": 0, "temperature": 1.0})
        for thread in threads:
            thread.join()
    rates = [len(visitor.milliseconds) / wanted.seconds for visitor in visitors]
    print(f"{'visitor':>8}{'decodes/s':>12}{'p95 ms':>10}{'errors':>8}")
    for i, (visitor, rate) in enumerate(zip(visitors, rates, strict=True)):
        slow = statistics.quantiles(visitor.milliseconds, n=20)[-1]
        print(f"{i + 1:8}{rate:12.1f}{slow:10.1f}{visitor.errors:8}")
    print(f"slowest visitor {min(rates):.1f} decodes a second")


if __name__ == "__main__":
    main()
