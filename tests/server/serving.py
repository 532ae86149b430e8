"""An app with two small models, started as people start it."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import torch

import vae_core
from vae_core.checkpoint import samplers
from vae_core.config import Config, NetConfig
from vae_core.models import VAE
from vae_core.probability.samplers import DiffusionSampler

ROOT = Path(__file__).parents[2]
# The app itself, but it waits less for a body that does not come, and prints what it offers.
SCRIPT = """
import sys
from vae_core.app.server import body_limit as limits, calls, shell
limits.PAUSE = 2.0
build = shell.build_app
def listed(studio):
    app = build(studio)
    print(*calls.lines(calls.registry(app)), sep="\\n", flush=True)
    return app
shell.build_app = listed
import app
sys.exit(app.main(sys.argv[1:]))
"""


@dataclass(frozen=True)
class Served:
    """A running app: where it answers, what it says and keeps, and its model "tiny".

    The other one, "labelled", has a prior that knows digits and a diffusion model of its codes.
    """

    url: str
    log: Path
    uploads: Path
    model: VAE


def save_labelled(folder: Path) -> None:
    net = NetConfig(hidden_dims=(8,))
    config = Config(name="labelled", latent_dim=4, net=net, prior="flow", labelled_prior=True)
    model = VAE(config).eval()
    with torch.no_grad():  # a fresh flow is the identity, under every label
        for name, weight in model.named_parameters():
            if name.startswith("prior."):
                weight.add_(0.3 * torch.randn_like(weight))
    vae_core.save(model, folder)
    samplers.write(folder, DiffusionSampler(4, width=8, blocks=1))


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[Served]:
    """An app of its own process: gradio leaves sockets open, which pytest counts as errors."""
    torch.manual_seed(0)
    model = VAE(Config(name="tiny", latent_dim=3, net=NetConfig(hidden_dims=(16,)))).eval()
    vae_core.save(model, folder / "checkpoints" / "tiny")
    save_labelled(folder / "checkpoints" / "labelled")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    words = ["--port", port, "--checkpoints", str(folder / "checkpoints")]
    words += ["--mcp"] * (importlib.util.find_spec("mcp") is not None)
    environment = {**os.environ, "GRADIO_TEMP_DIR": str(folder / "uploads")}
    log = folder / "log.txt"
    with (
        log.open("w") as file,
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT, *words],
            cwd=ROOT, env=environment, stdout=file, stderr=file,
        ) as process,
    ):  # fmt: skip
        try:
            _wait(f"http://127.0.0.1:{port}/gradio_api/app_id", process, log)
            yield Served(f"http://127.0.0.1:{port}/", log, folder / "uploads", model)
        finally:
            process.kill()  # its folders are the test's own


def _wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until and process.poll() is None:
        try:
            httpx.get(url, timeout=5)
        except httpx.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not start: {log.read_text()}")
