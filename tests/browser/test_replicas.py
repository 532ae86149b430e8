"""Two replicas behind nginx, below a path, at an odd port; the one that answers is killed."""

from __future__ import annotations

import contextlib
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import driving
import httpx
import pytest

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed"),
]
CONFIG = Path(__file__).parent / "nginx.conf"
SECONDS = 5.0
FRAMES = "() => Number(document.querySelector('[data-testid=live-canvas]')?.dataset.frame ?? 0)"


@contextlib.contextmanager
def replicas() -> Iterator[dict[int, subprocess.Popen[bytes]]]:
    """Two servers by their ports."""
    running: dict[int, subprocess.Popen[bytes]] = {}
    try:
        for _ in range(2):
            port = driving.free_port()
            running[port] = driving.start(port, None, "--root-path", "/studio")
        for port, process in running.items():
            driving.wait_for(f"http://127.0.0.1:{port}/ready", process)
        yield running
    finally:
        for process in running.values():
            process.kill()
            process.wait()


@contextlib.contextmanager
def nginx(ports: list[int], folder: Path) -> Iterator[str]:
    """The address below which nginx shows the servers at `ports`, by the file beside this one."""
    own = driving.free_port()
    text = CONFIG.read_text()
    for written, port in ((7860, ports[0]), (7861, ports[1]), (8090, own)):
        text = re.sub(rf"(?<=:){written}\b", str(port), text)
    (folder / "nginx.conf").write_text(f"user root;\npid {folder}/pid;\n{text}")
    command = ["nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"]
    process = subprocess.Popen([*command, "-g", "daemon off;"], cwd=folder)
    try:
        driving.wait_for(f"http://127.0.0.1:{own}/studio/ready", process)
        yield f"http://127.0.0.1:{own}/studio/"
    finally:
        process.terminate()
        process.wait(10)


def identity(url: str) -> str:
    """Which server answers there."""
    return httpx.get(f"{url}gradio_api/app_id").text


def move(page: Any) -> str:
    """Move the first slider by a key; its value."""
    slider = page.locator("[data-testid^=latent-slider-]").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    return slider.input_value()


def test_a_page_goes_on_by_itself_on_the_other_replica(chromium: Any, tmp_path: Path) -> None:
    with replicas() as running, nginx([*running], tmp_path) as url:
        context = chromium.new_context(viewport=driving.DESKTOP)
        page = context.new_page()
        sockets: list[str] = []
        page.on("websocket", lambda socket: sockets.append(socket.url))
        page.goto(f"{url}?model=vae-400")
        page.wait_for_function(f"({FRAMES})() > 0")
        moved = move(page)
        page.wait_for_function("() => location.search.includes('z=')")
        driving.answered(page)
        assert sockets == [url.replace("http", "ws") + "studio/socket"]
        serving = identity(url)
        [port] = [each for each in running if identity(f"http://127.0.0.1:{each}/") == serving]

        running[port].kill()
        since = time.monotonic()
        before = page.evaluate(FRAMES)
        again = move(page)
        page.wait_for_function(f"(before) => ({FRAMES})() > before", arg=before)
        assert time.monotonic() - since < SECONDS
        assert float(again) > float(moved)
        assert identity(url) != serving
        driving.answered(page)
        page.wait_for_function("() => !document.body.classList.contains('is-offline')")
        link = page.url
        assert "model=vae-400" in link

        page.goto(link)
        page.wait_for_function(f"({FRAMES})() > 0")
        first = page.locator("[data-testid^=latent-slider-]").first
        assert float(first.input_value()) == pytest.approx(float(again), abs=0.01)
        page.get_by_role("tab", name="Sample").click()
        page.get_by_test_id("sample-run").click()
        page.get_by_test_id("sample-grid").locator("canvas").first.wait_for()
        context.close()
