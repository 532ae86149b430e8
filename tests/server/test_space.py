"""A Space's folder starts by itself, as its host starts it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest
from gradio_client import Client

import vae_core
from vae_core.models import VAE
from vae_core.publish import space

WHICH = "import sys, app, vae_core; print(vae_core.__file__); assert 'torch' in sys.modules"


@pytest.fixture
def folder(tmp_path: Path, model: VAE, monkeypatch: pytest.MonkeyPatch) -> Path:
    vae_core.save(model, tmp_path / "shipped" / "tiny")
    monkeypatch.setenv("VAE_CHECKPOINTS", str(tmp_path / "shipped"))
    space.lay_out(tmp_path / "space", space.Kind("gradio", zero_gpu=True))
    monkeypatch.delenv("VAE_CHECKPOINTS")
    return tmp_path / "space"


@pytest.mark.long
def test_the_app_is_imported_with_the_package_beside_it(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WHICH], cwd=folder, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).parent == folder / "vae_core"


@pytest.mark.long
def test_it_answers(folder: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    given = {"GRADIO_SERVER_PORT": port, "SPACE_ID": "ada/studio", "GRADIO_SSR_MODE": "true"}
    log = folder.parent / "log.txt"
    with (
        log.open("w") as file,
        subprocess.Popen(
            [sys.executable, "app.py"], cwd=folder, env={**os.environ, **given},
            stdout=file, stderr=file,
        ) as process,
    ):  # fmt: skip
        try:
            url = f"http://127.0.0.1:{port}/"
            wait(url, process, log)
            client = Client(url, verbose=False, analytics_enabled=False)
            assert [card["name"] for card in client.predict(api_name="/checkpoints")] == ["tiny"]
            assert client.predict("tiny", [0, 0, 0], api_name="/decode")["image"]
        finally:
            process.kill()


def wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 120
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(url, timeout=5)
        except httpx.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise RuntimeError(f"the Space did not start: {log.read_text()}")
