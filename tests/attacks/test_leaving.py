"""Visitors who train and leave, each in another way: no process, file or megabyte stays.

A minute and a half of it, or VAE_LEAVING_SECONDS.
"""

from __future__ import annotations

import json
import os
import random
import secrets
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from harness import Server, server
from websockets.sync.client import ClientConnection, connect

pytestmark = pytest.mark.slow
SECONDS = float(os.environ.get("VAE_LEAVING_SECONDS", "90"))
VISITORS, WARM, MEGABYTES = 3, 12, 60.0
"""Visitors at once; visits after which memory is compared, and by how much it may have grown."""

LEFT = 1001
CHANGES = {"latent_dim": 2, "hidden_dims": [32], "digits": 600, "epochs": 30, "batch_size": 16}


class Trainer:
    """Somebody who starts a run, watches it for a while and goes."""

    def __init__(self, app: Server, client: httpx.Client, seed: int) -> None:
        self.app, self.client, self.chance = app, client, random.Random(seed)
        self.ways: Counter[str] = Counter()
        self.points = 0

    def ask(self, function: str, **data: object) -> dict:
        body = {"component_id": self.app.component(function), "fn_name": function, "data": data}
        body["session_hash"] = "leaving"
        return self.client.post(self.app.url + "gradio_api/component_server", json=body).json()

    def visit(self) -> None:
        """One visit, under a name of its own."""
        visitor = secrets.token_urlsafe(24)
        asked = {"visitor": visitor, "recipe": "vae-128", "changes": CHANGES, "own": None}
        while "error" in (look := self.ask("start_training", **asked)):
            assert "address" in look["error"] or "queue" in look["error"], look
            time.sleep(1)  # those who fell silent still have their places
        assert look["state"] in ("waiting", "starting", "running"), look
        leave = self.chance.choice([self.closes, self.falls_silent, self.stops, self.breaks_off])
        with connect(self.app.socket.replace("socket", "training")) as line:
            self.watch(line, visitor, self.chance.uniform(0.5, 12))
            leave(line, visitor)
        self.ways[leave.__name__] += 1

    def watch(self, line: ClientConnection, visitor: str, for_: float) -> None:
        until, since, stamp = time.monotonic() + for_, 0, None
        while time.monotonic() < until:
            line.send(json.dumps({"visitor": visitor, "since": since, "stamp": stamp}))
            answer = json.loads(line.recv(timeout=60))
            look, stamp = answer["look"], answer["stamp"]
            since = look["next"]
            self.points += len(look["points"])
            if look["state"] in ("none", "ended"):
                return

    def closes(self, line: ClientConnection, _: str) -> None:
        """The tab is closed."""
        line.close(LEFT)

    def falls_silent(self, line: ClientConnection, _: str) -> None:
        """The line stays, and nothing comes any more."""
        time.sleep(self.chance.uniform(1, 20))
        line.close(1000)

    def stops(self, line: ClientConnection, visitor: str) -> None:
        """Keeps what was trained, and goes."""
        self.ask("command_training", visitor=visitor, command="stop", value=None, since=0)
        line.close(1000)

    def breaks_off(self, line: ClientConnection, _: str) -> None:
        """The network is gone."""
        line.socket.close()

    def stay(self, is_over: Callable[[], bool]) -> None:
        while not is_over():
            self.visit()


def until(holds: Callable[[], bool], seconds: float) -> bool:
    """Whether something comes to hold in so many seconds."""
    end = time.monotonic() + seconds
    while not holds() and time.monotonic() < end:
        time.sleep(1)
    return holds()


def processes(app: Server) -> list[int]:
    """Processes that the server started and that still are."""
    found = subprocess.run(["pgrep", "-P", str(app.process.pid)], capture_output=True, text=True)
    return [int(line) for line in found.stdout.split()]


def test_nothing_is_left_of_visitors_who_train_and_leave() -> None:
    with server() as app, httpx.Client(timeout=60) as client:
        before, files = processes(app), app.files()
        visitors = [Trainer(app, client, seed) for seed in range(VISITORS)]
        end, warm = time.monotonic() + SECONDS, 0.0
        with ThreadPoolExecutor(VISITORS) as together:
            staying = [together.submit(v.stay, lambda: time.monotonic() > end) for v in visitors]
            while time.monotonic() < end and not any(each.done() for each in staying):
                time.sleep(1)
                if not warm and sum(v.ways.total() for v in visitors) >= WARM:
                    warm = app.memory()
            for each in staying:
                each.result()
        ways = sum((v.ways for v in visitors), Counter[str]())
        print(f"\n{dict(ways)}, {sum(v.points for v in visitors)} points")
        assert warm, "too few visits to compare"
        assert min(ways.values()) >= 1
        assert until(lambda: processes(app) == before, 120), processes(app)
        assert until(lambda: app.files() == files, 90), app.files()
        print(f"memory {app.memory() - warm:+.0f} MB since visit {WARM}")
        assert app.memory() - warm <= MEGABYTES
