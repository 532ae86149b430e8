"""A real server on a free port, a visitor who drags in a process of its own, and what both took."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1] / "browser"))
import driving  # pyright: ignore[reportMissingImports]

DRAG = """
import json, math, sys, time
from websockets.sync.client import connect
url, seconds = sys.argv[1], float(sys.argv[2])
start, longest, count = time.perf_counter(), 0.0, 0
with connect(url) as line:
    print("ready", flush=True)
    while (now := time.perf_counter() - start) < seconds:
        argument = {"checkpoint": "vae-400", "z": [math.sin(now + i) for i in range(20)]}
        asked = time.perf_counter()
        line.send(json.dumps({"turn": 1, "name": "decode", "argument": argument}))
        assert "pixels" in line.recv(timeout=60)
        longest, count = max(longest, time.perf_counter() - asked), count + 1
        time.sleep(max(0.0, 1 / 60 - (time.perf_counter() - asked)))
print(json.dumps({"gap": longest, "count": count}))
"""


@dataclass
class Server:
    """A running app: its URL, process and folder of uploads."""

    url: str
    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def host(self) -> str:
        """Host and port."""
        return urlsplit(self.url).netloc

    def memory(self, key: str = "VmHWM") -> float:
        """Megabytes resident: the most so far, or with "VmRSS" now."""
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return int(next(line for line in lines if line.startswith(key)).split()[1]) / 1024

    def files(self) -> int:
        """Files in the folder of uploads."""
        return sum(path.is_file() for path in self.folder.rglob("*"))

    def component(self, function: str) -> int:
        """The id of the component that offers a server function."""
        import httpx

        parts = httpx.get(self.url + "config", timeout=30).json()["components"]
        return next(p["id"] for p in parts if function in (p["props"].get("server_fns") or []))


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """The app with the shipped checkpoints, until the block ends."""
    with tempfile.TemporaryDirectory() as folder:
        before = os.environ.get("GRADIO_TEMP_DIR")
        os.environ["GRADIO_TEMP_DIR"] = folder
        try:
            port = driving.free_port()
            process = driving.start(port)
        finally:
            os.environ.pop("GRADIO_TEMP_DIR")
            if before is not None:
                os.environ["GRADIO_TEMP_DIR"] = before
        try:
            driving.wait_for(f"http://127.0.0.1:{port}/", process)
            yield Server(f"http://127.0.0.1:{port}/", process, Path(folder))
        finally:
            driving.stop(process)


@contextlib.contextmanager
def dragging(server: Server, seconds: float) -> Iterator[dict[str, float]]:
    """A visitor drags for `seconds`; after the block, `gap` is the longest wait in seconds."""
    url = server.url.replace("http", "ws", 1) + "studio/line"
    command = [sys.executable, "-c", DRAG, url, str(seconds)]
    told: dict[str, float] = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as visitor:
        assert visitor.stdout is not None
        assert visitor.stdout.readline() == "ready\n"
        yield told
        told.update(json.loads(visitor.stdout.read()))
