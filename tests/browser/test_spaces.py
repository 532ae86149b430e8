"""Both kinds of Space, from an empty environment to a digit that follows a slider.

Each installs exactly what its folder asks for, gigabytes where a GPU is expected, and starts it as
its host would.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import driving
import pytest

from vae_core.publish import space

pytestmark = [pytest.mark.slow, pytest.mark.browser]

INSTALL = 3600
"""Seconds that an installation may take."""

AFTER = """(frame) => {
  const canvas = document.querySelector("[data-testid=live-canvas]");
  return Number(canvas?.dataset.frame) > frame;
}"""


def python_of(folder: Path) -> str:
    """The interpreter that a Gradio Space asks for, or SPACE_PYTHON; skips where there is none."""
    found = re.search(r"^python_version: \W?(\d+\.\d+)", (folder / "README.md").read_text(), re.M)
    assert found is not None
    name = os.environ.get("SPACE_PYTHON") or f"python{found[1]}"
    works = shutil.which(name) and subprocess.run([name, "-c", ""], check=False).returncode == 0
    if not works:
        pytest.skip(f"{name} is not here: name a Python {found[1]} in SPACE_PYTHON")
    return name


def install(folder: Path, venv: Path) -> Path:
    """A fresh environment with what a Gradio Space's host installs; its interpreter."""
    subprocess.run([python_of(folder), "-m", "venv", venv], check=True)
    sdk = re.search(r"^sdk_version: (\S+)", (folder / "README.md").read_text(), re.M)
    assert sdk is not None
    python = venv / "bin" / "python"
    pip = [python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt", f"gradio=={sdk[1]}"]
    subprocess.run(pip, cwd=folder, check=True, timeout=INSTALL)
    return python


def wait(url: str, process: subprocess.Popen[Any]) -> None:
    """Until it answers; an image's first start reads its wheels from a cold disk."""
    driving.wait_for(url, process, 300)


def see_a_digit(chromium: Any, url: str) -> None:
    """The page shows a decoded digit, and another once a slider is moved."""
    page = chromium.new_page(viewport=driving.DESKTOP)
    page.goto(url)
    page.wait_for_function(AFTER, arg=0, timeout=60_000)
    driving.answered(page)
    before = page.get_attribute("[data-testid=live-canvas]", "data-frame")
    page.locator(".latent input[type=range]").first.press("ArrowRight")
    page.wait_for_function(AFTER, arg=int(before), timeout=60_000)
    page.close()


@pytest.mark.parametrize("zero_gpu", [True, False], ids=["zero-gpu", "cpu"])
def test_a_gradio_space(chromium: Any, tmp_path: Path, zero_gpu: bool) -> None:
    folder = tmp_path / "space"
    space.lay_out(folder, space.Kind("gradio", zero_gpu=zero_gpu))
    python = install(folder, tmp_path / "venv")
    port = driving.free_port()
    given = {"GRADIO_SERVER_PORT": str(port), "SPACE_ID": "ada/studio", "GRADIO_SSR_MODE": "true"}
    inherited = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    with subprocess.Popen([python, "app.py"], cwd=folder, env=inherited | given) as process:
        try:
            wait(f"http://127.0.0.1:{port}/", process)
            see_a_digit(chromium, f"http://127.0.0.1:{port}/")
        finally:
            driving.stop(process)
    shutil.rmtree(tmp_path / "venv")


@pytest.fixture
def engine() -> str:
    """A program that builds and runs images; skips where there is none, or none that is running."""
    for name in filter(None, map(shutil.which, ("docker", "podman"))):
        if subprocess.run([name, "info"], check=False, capture_output=True).returncode == 0:
            return name
    pytest.skip("neither docker nor podman is installed and running")


@pytest.fixture
def container(engine: str) -> Iterator[str]:
    """A name for a container, which is gone afterwards."""
    name = f"vae-studio-{time.time_ns()}"
    yield name
    subprocess.run([engine, "rm", "--force", name], check=False, capture_output=True)


def test_a_docker_space(engine: str, container: str, chromium: Any, tmp_path: Path) -> None:
    folder = tmp_path / "space"
    space.lay_out(folder, space.Kind("docker"))
    subprocess.run([engine, "build", "-t", container, "."], cwd=folder, check=True, timeout=INSTALL)
    port = driving.free_port()
    command = [engine, "run", "--name", container, "-p", f"127.0.0.1:{port}:7860", container]
    with subprocess.Popen(command) as process:
        try:
            wait(f"http://127.0.0.1:{port}/", process)
            see_a_digit(chromium, f"http://127.0.0.1:{port}/")
        finally:
            driving.stop(process)
