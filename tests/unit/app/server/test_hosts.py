"""What the launch says, so that every host shows the same app."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import vae_core
from vae_core.app.server import sockets, training_socket
from vae_core.models import VAE

# In a process of its own: gradio leaves sockets open, which pytest counts as errors.
SCRIPT = """
import sys, app
from starlette.routing import WebSocketRoute
from vae_core.app.server import sockets, training_socket
_, options = app.build(sys.argv[1], "cpu")
routes = options["app_kwargs"]["routes"]
socket, training = (route for route in routes if isinstance(route, WebSocketRoute))
assert isinstance(socket.endpoint, sockets.LiveSocket)
assert isinstance(training.endpoint, training_socket.TrainingSocket)
print(options["ssr_mode"], socket.path, training.path)
"""


@pytest.mark.long
def test_no_node_process_stands_before_the_socket(tmp_path: Path, model: VAE) -> None:
    """Spaces ask Gradio for rendering by node (`GRADIO_SSR_MODE`) where the launch says nothing.

    Then node takes the port and hands requests on to this server. What follows the hand travels
    over a route of our own that node knows nothing of, and shares are counted by the address that
    connects, which would be node's. So the launch says no, and the socket is one of its routes.
    """
    vae_core.save(model, tmp_path / "tiny")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        cwd=Path(__file__).parents[4],
        env={**os.environ, "GRADIO_SSR_MODE": "true"},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["False", sockets.PATH, training_socket.PATH]
