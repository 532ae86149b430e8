"""A real server on a free port, a visitor who drags in a process of its own, and what both took."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import driving
import httpx

SECONDS = 8.0
"""How long a visitor drags beside an attack."""

DRAG = """
import json, math, sys, time
from websockets.sync.client import connect
url, seconds, checkpoint, length = sys.argv[1], float(sys.argv[2]), sys.argv[3], int(sys.argv[4])
start, longest, count = time.perf_counter(), 0.0, 0
with connect(url) as line:
    print("ready", flush=True)
    while (now := time.perf_counter() - start) < seconds:
        argument = {"checkpoint": checkpoint, "z": [math.sin(now + i) for i in range(length)]}
        asked = time.perf_counter()
        line.send(json.dumps({"id": 1, "name": "decode", "argument": argument}))
        assert "pixels" in line.recv(timeout=60)
        longest, count = max(longest, time.perf_counter() - asked), count + 1
        time.sleep(max(0.0, 1 / 60 - (time.perf_counter() - asked)))
print(json.dumps({"gap": longest, "rate": count / seconds}))
"""

VISIT = """
import http.client, sys, time
asked = time.perf_counter()
page = http.client.HTTPConnection(sys.argv[1], timeout=60, source_address=("127.0.0.3", 0))
page.request("GET", "/")
answer = page.getresponse()
assert answer.status == 200 and b"VAE Studio" in answer.read()
print(time.perf_counter() - asked)
"""

Attack = Callable[["Server"], None]


@dataclass
class Server:
    """A running app.

    Attributes:
        url: ends in a slash.
        process: its own.
        folder: where its uploads and temporary files go.
        start: megabytes resident before anything was asked.
        components: ids by server function, once asked for.
    """

    url: str
    process: subprocess.Popen[bytes]
    folder: Path
    start: float = 0.0
    components: dict[str, int] = field(default_factory=dict)

    @property
    def host(self) -> str:
        """Host and port."""
        return urlsplit(self.url).netloc

    @property
    def socket(self) -> str:
        """The address of the live functions."""
        return self.url.replace("http", "ws", 1) + "studio/socket"

    def memory(self, key: str = "VmRSS") -> float:
        """Megabytes resident now, or with "VmHWM" the most since `forget_peak`."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(key)).split()[1]) / 1024

    def forget_peak(self) -> None:
        """Let the highest memory be counted from now on."""
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def files(self) -> list[Path]:
        """Files in its folder; os.walk bears that they go meanwhile."""
        return [Path(folder, name) for folder, _, names in os.walk(self.folder) for name in names]

    def component(self, function: str) -> int:
        """The id of the component that offers a server function."""
        if not self.components:
            for part in httpx.get(self.url + "config", timeout=30).json()["components"]:
                names = part["props"].get("server_fns") or ()
                self.components.update(dict.fromkeys(names, part["id"]))
        return self.components[function]


@contextlib.contextmanager
def server(*arguments: str) -> Iterator[Server]:
    """The app with the shipped checkpoints, all its files in one folder, until the block ends."""
    with tempfile.TemporaryDirectory() as folder, environment(folder):
        port = driving.free_port()
        process = driving.start(port, None, *arguments)
        try:
            driving.wait_for(f"http://127.0.0.1:{port}/gradio_api/app_id", process, 300)
            app = Server(f"http://127.0.0.1:{port}/", process, Path(folder))
            app.start = app.memory()
            app.component("sample")
            yield app
        finally:
            driving.stop(process)


@contextlib.contextmanager
def environment(folder: str) -> Iterator[None]:
    """Uploads and temporary files of what is started go to `folder`."""
    folders = {"GRADIO_TEMP_DIR": folder + "/gradio", "TMPDIR": folder}
    before = {name: os.environ.get(name) for name in folders}
    os.environ.update(folders)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@contextlib.contextmanager
def dragging(
    app: Server, seconds: float = SECONDS, checkpoint: str = "vae-400", length: int = 20
) -> Iterator[dict[str, float]]:
    """A visitor drags for `seconds`; after the block, `gap` is the longest wait in seconds and
    `rate` the decodes a second, of at most 60."""
    command = [sys.executable, "-c", DRAG, app.socket, str(seconds), checkpoint, str(length)]
    figures: dict[str, float] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as visitor:
        assert visitor.stdout is not None
        assert visitor.stdout.readline() == "ready\n"
        yield figures
        figures.update(json.loads(visitor.stdout.read()))


def newcomer(app: Server) -> float:
    """Seconds until somebody else has the page, who comes in the middle of an attack."""
    time.sleep(SECONDS / 3)
    visit = subprocess.run(
        [sys.executable, "-c", VISIT, app.host], stdout=subprocess.PIPE, text=True, check=True
    )
    return float(visit.stdout)


@dataclass(frozen=True)
class Measure:
    """What an attack did: longest waits beside nothing and beside it, in seconds; the most memory
    above the server's start, and how much of it came during the attack, in megabytes."""

    idle: float
    gap: float
    above: float
    during: float
    failed: tuple[str, ...]

    def __str__(self) -> str:
        return (
            f"longest wait {self.gap:.3f} s ({self.idle:.3f} s beside nothing), "
            f"memory {self.above:+.0f} MB above the start ({self.during:+.0f} MB in the attack)"
        )


def measured(app: Server, *attacks: Attack, seconds: float = SECONDS) -> Measure:
    """Let visitors attack, all at once, while another one drags."""
    with dragging(app, 2) as idle:
        pass
    app.forget_peak()
    before, failed = app.memory(), list[str]()

    def run(attack: Attack) -> None:
        try:
            attack(app)
        except Exception as error:
            failed.append(f"{attack.__name__}: {error!r}")

    threads = [threading.Thread(target=run, args=(attack,)) for attack in attacks]
    with dragging(app, seconds) as figures:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    most = app.memory("VmHWM")
    return Measure(idle["gap"], figures["gap"], most - app.start, most - before, tuple(failed))
