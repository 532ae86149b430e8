"""Drive Firefox and WebKitGTK, each by the protocol that it speaks itself: no driver of others.

Firefox speaks WebDriver BiDi over a WebSocket, Debian's WebKitWebDriver the classic one over HTTP.
Both know the same actions of a mouse.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import driving
from websockets.sync.client import ClientConnection, connect

Actions = Sequence[dict[str, Any]]

FIREFOX, WEBKIT, FRAME = "firefox-esr", "WebKitWebDriver", "xvfb-run"
"""The programs; WebKitGTK paints on a screen, which xvfb-run gives it."""

MINI = Path("/usr/lib")
WINDOW = {"width": 1280, "height": 900}


class Driven(Protocol):
    """A browser with one tab."""

    def open(self, url: str) -> None:
        """Go to a page and wait until its document is there."""
        ...

    def run(self, function: str, *arguments: object) -> Any:
        """What a JavaScript function of plain values gives, awaited."""
        ...

    def act(self, actions: Actions) -> None:
        """Perform the actions of a mouse, and wait for their end."""
        ...


def missing(name: str) -> str:
    """The program that a browser of this name, "firefox" or "webkit", lacks; "" for none."""
    needed = {"firefox": [FIREFOX], "webkit": [WEBKIT, FRAME]}[name]
    return next((program for program in needed if shutil.which(program) is None), "")


@contextlib.contextmanager
def browser(name: str) -> Iterator[Driven]:
    """The browser called "firefox" or "webkit", until the block ends."""
    with (firefox if name == "firefox" else webkit)() as driven:
        yield driven


@contextlib.contextmanager
def running(command: Sequence[str]) -> Iterator[None]:
    """A process, quiet, in a group of its own that ends with the block."""
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(command, stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        yield
    finally:
        driving.stop_group(process)


@contextlib.contextmanager
def firefox() -> Iterator[Driven]:
    """A headless Firefox with a profile of its own."""
    port = driving.free_port()
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        size = [f"--width={WINDOW['width']}", f"--height={WINDOW['height']}"]
        options = ["--headless", "--no-remote", "--profile", profile, *size]
        command = [FIREFOX, *options, "--remote-debugging-port", str(port)]
        with running(command), _connected(f"ws://127.0.0.1:{port}/session") as line:
            yield Firefox(line)


def _connected(url: str, seconds: float = 60.0) -> ClientConnection:
    until = time.monotonic() + seconds
    while True:
        try:
            return connect(url, max_size=2**26, proxy=None)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.05)


class Firefox:
    """WebDriver BiDi: one connection, answers by the numbers of their commands.

    Args:
        line: to the browser.
    """

    def __init__(self, line: ClientConnection) -> None:
        self.line, self.numbers = line, itertools.count(1)
        self.send("session.new", capabilities={})
        self.tab = self.send("browsingContext.getTree")["contexts"][0]["context"]
        self.send("browsingContext.setViewport", context=self.tab, viewport=WINDOW)

    def send(self, method: str, **given: Any) -> Any:
        """The result of a command; RuntimeError where it failed."""
        number = next(self.numbers)
        self.line.send(json.dumps({"id": number, "method": method, "params": given}))
        while True:
            answer = json.loads(self.line.recv(120))
            if answer.get("id") == number:
                break
        if answer["type"] == "error":
            raise RuntimeError(f"{method}: {answer['message']}")
        return answer["result"]

    def open(self, url: str) -> None:
        self.send("browsingContext.navigate", context=self.tab, url=url, wait="interactive")

    def run(self, function: str, *arguments: object) -> Any:
        answer = self.send(
            "script.evaluate",
            expression=_as_text(function, arguments),
            target={"context": self.tab},
            awaitPromise=True,
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def act(self, actions: Actions) -> None:
        self.send("input.performActions", context=self.tab, actions=[_mouse(actions)])


@contextlib.contextmanager
def webkit() -> Iterator[Driven]:
    """WebKitGTK's MiniBrowser on a screen in memory."""
    port = driving.free_port()
    screen = f"-screen 0 {WINDOW['width']}x{WINDOW['height']}x24"
    with running([FRAME, "-a", "-s", screen, WEBKIT, f"--port={port}"]):
        driven = WebKit(f"http://127.0.0.1:{port}/session")
        try:
            yield driven
        finally:
            driven.send("DELETE", "")


class WebKit:
    """Classic WebDriver: one request a command.

    Args:
        url: of the driver's sessions.
    """

    def __init__(self, url: str) -> None:
        [mini] = sorted(MINI.glob("*/webkit2gtk-4.*/MiniBrowser"))[-1:]
        options = {"binary": str(mini), "args": ["--automation"]}
        asked = {"alwaysMatch": {"webkitgtk:browserOptions": options}}
        self.url = url
        until = time.monotonic() + 60
        while True:
            try:
                made = self.send("POST", "", {"capabilities": asked})
                break
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
        self.url = f"{url}/{made['sessionId']}"
        self.send("POST", "/timeouts", {"script": 120_000, "pageLoad": 120_000})
        self.send("POST", "/window/rect", {"x": 0, "y": 0, **WINDOW})

    def send(self, method: str, path: str, body: object = None) -> Any:
        """The value of a command; RuntimeError where it failed."""
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, content, method=method)
        try:
            with urllib.request.urlopen(request, timeout=130) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{path}: {json.load(error)['value']['message']}") from error

    def open(self, url: str) -> None:
        self.send("POST", "/url", {"url": url})

    def run(self, function: str, *arguments: object) -> Any:
        called = _as_text(function, arguments)
        failed = "(error) => done(JSON.stringify({ error: String(error) }))"
        script = f"const done = arguments[0]; {called}.then(done, {failed});"
        found = json.loads(self.send("POST", "/execute/async", {"script": script, "args": []}))
        if isinstance(found, dict) and "error" in found:
            raise RuntimeError(found["error"])
        return found

    def act(self, actions: Actions) -> None:
        self.send("POST", "/actions", {"actions": [_mouse(actions)]})


def _as_text(function: str, arguments: Sequence[object]) -> str:
    """An expression whose value is a promise of the function's result as JSON."""
    call = "(async (f, a) => JSON.stringify((await f(...a)) ?? null))"
    return f"{call}({function}, {json.dumps(arguments)})"


def _mouse(actions: Actions) -> dict[str, Any]:
    return {"type": "pointer", "id": "mouse", "actions": [*actions]}


def move(x: float, y: float, milliseconds: int = 0) -> dict[str, Any]:
    """Move the mouse to a place of the window, in CSS pixels."""
    return {"type": "pointerMove", "x": round(x), "y": round(y), "duration": milliseconds}


DOWN: dict[str, Any] = {"type": "pointerDown", "button": 0}
UP: dict[str, Any] = {"type": "pointerUp", "button": 0}
