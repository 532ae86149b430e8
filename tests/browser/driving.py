"""Start a server on a free port and drive it in Debian's Chromium: for tests and benchmarks."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 390, "height": 844}


def chromium_path() -> str | None:
    """The installed Chromium or Chrome: CHROMIUM, else the first known name on the path."""
    named = os.environ.get("CHROMIUM")
    names = ("chromium", "chromium-browser", "google-chrome")
    return named or next(filter(None, map(shutil.which, names)), None)


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """A headless Chromium driven by playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            yield chromium
        finally:
            chromium.close()


@contextlib.asynccontextmanager
async def browser_of_tasks() -> AsyncIterator[Any]:
    """The same for asyncio, where several commands can be under way at once."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        try:
            yield chromium
        finally:
            await chromium.close()


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def server(script: Path | None = None, *arguments: str, port: int | None = None) -> Iterator[str]:
    """Run `python SCRIPT --port P ...` (app.py by default) until the block ends; yields its URL."""
    port = port or free_port()
    url = f"http://127.0.0.1:{port}/"
    with tempfile.TemporaryDirectory() as folder:
        process = start(port, script, *arguments, uploads=folder)
        try:
            wait_for(url, process)
            yield url
        finally:
            # A polite end would wait for the connections that a browser holds open.
            process.kill()
            process.wait()


def start(
    port: int, script: Path | None = None, *arguments: str, uploads: str | None = None
) -> subprocess.Popen[bytes]:
    """Start the script in a process of its own, quietly.

    Args:
        port: where it answers.
        script: app.py by default.
        arguments: more of its own.
        uploads: its temporary folder, left to the caller; its own by default.
    """
    command = [sys.executable, str(script or ROOT / "app.py"), "--port", str(port), *arguments]
    own = {} if uploads is None else {"GRADIO_TEMP_DIR": uploads}
    environment = {**os.environ, **own}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


def stop(process: subprocess.Popen[Any]) -> None:
    """End a process that `start` made, and wait for it."""
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_group(process: subprocess.Popen[Any]) -> None:
    """End a process that leads a group, and all that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(10)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_for(url: str, process: subprocess.Popen[Any], seconds: float = 120.0) -> None:
    """Return once `url` answers.

    Raises:
        RuntimeError: the process ended, or the time is over.
    """
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with status {process.returncode}")
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
    raise RuntimeError(f"no answer from {url} after {seconds:g} seconds")


def answered(page: Any) -> None:
    """Return once the page is there and waits for no answer of the server."""
    page.wait_for_function("() => window.studio?.callsUnderWay() === 0")


RESTS = """([look, arg, count, slow]) => {
  if (!window.studio) return false;
  const now = JSON.stringify(look(arg));
  const same = now === window.lastLook && now !== "null" && studio.callsUnderWay() === 0;
  window.lastLook = now;
  window.sameLooks = same ? (window.sameLooks ?? 0) + 1 : 0;
  return window.sameLooks >= (studio.model()?.slow ? slow : count);
}"""


def rested(page: Any, look: str, arg: Any = None) -> None:
    """Return once the page waits for no answer and shows the same for a while.

    Frames are counted, not time: a page that is held up is waited for. A slow model is asked only
    after 200 ms without a move, any other within three frames.

    Args:
        page: to look at.
        look: JavaScript function of `arg` that gives what is on show; null where that is not
            there yet.
    """
    page.evaluate("() => { window.lastLook = null; window.sameLooks = 0; }")
    page.wait_for_function(f"(arg) => ({RESTS})([{look}, arg, 6, 16])", arg=arg)


def frames(page: Any, count: int = 20) -> None:
    """Let the page paint so many display frames."""
    page.evaluate(
        """(count) => new Promise((done) => {
          const next = (left) => left ? requestAnimationFrame(() => next(left - 1)) : done();
          next(count);
        })""",
        count,
    )


def move_by_frames(page: Any, canvas: str, places: Iterable[tuple[float, float]]) -> None:
    """Move the mouse from place to place, each painted before the hand goes on.

    A busy machine joins moves that come faster than it paints: what is counted in frames is moved
    by frames.

    Args:
        page: with the mouse over what is moved.
        canvas: selector of the live picture, which counts its frames.
        places: in pixels of the window; each asks for another picture.
    """
    for x, y in places:
        seen = int(page.get_attribute(canvas, "data-frame") or 0)
        page.mouse.move(x, y)
        page.wait_for_function(
            "([live, n]) => Number(document.querySelector(live).dataset.frame) > n",
            arg=[canvas, seen],
        )
