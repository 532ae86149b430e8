"""The environment in which the app starts: its proxies, its temporary folder, its address."""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import signal
import sys
import tempfile
import threading
from collections.abc import MutableMapping

PROXIES = ("http_proxy", "https_proxy", "all_proxy")
OWN = ("127.0.0.1", "localhost", "::1")


def prepare(host: str) -> None:
    """Makes ready what Gradio looks for as it is imported; called before that."""
    spare_own_address(os.environ, host)
    if dropped := drop_socks(os.environ):
        said = f"{', '.join(dropped)}: SOCKS needs the package socksio; going on without a proxy"
        print(f"app.py: {said} (the app itself needs none).", file=sys.stderr)
    end_as_by_interrupt()
    own_temporary_folder(os.environ)


def check_protocol(asked: bool) -> None:
    """See that the Model Context Protocol can be spoken where that is asked for.

    Raises:
        ValueError: the extra for it is not installed.
    """
    if asked and importlib.util.find_spec("mcp") is None:
        raise ValueError("--mcp needs the extra of that name: pip install -e '.[mcp]'.")


def end_as_by_interrupt() -> None:
    """SIGTERM acts as Ctrl+C: the server closes, and its temporary folder goes."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def spare_own_address(env: MutableMapping[str, str], host: str) -> None:
    """Keeps proxies out of the way to this machine: Gradio asks its own server as it starts."""
    for name in ("no_proxy", "NO_PROXY"):
        given = [part for part in env.get(name, "").split(",") if part.strip()]
        if given == ["*"]:
            continue
        more = [own for own in (*OWN, host.strip("[]")) if own not in given]
        env[name] = ",".join(given + more)


def drop_socks(env: MutableMapping[str, str]) -> list[str]:
    """Removes SOCKS proxies that httpx could not use, at which Gradio's import would fail."""
    if importlib.util.find_spec("socksio") is not None:
        return []
    named = [name for name in env if name.lower() in PROXIES]
    found = sorted(name for name in named if env[name].lower().startswith("socks"))
    for name in found:
        del env[name]
    return found


def own_temporary_folder(env: MutableMapping[str, str]) -> None:
    """Uploads go to a folder of this process: the common one may belong to another user."""
    if "GRADIO_TEMP_DIR" not in env:
        folder = tempfile.mkdtemp(prefix="vae-studio-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        env["GRADIO_TEMP_DIR"] = folder
