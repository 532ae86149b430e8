"""VAE Studio: `python app.py` opens the app. Composition only."""

from __future__ import annotations

import argparse
import contextlib
import gc
import os
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")  # nothing leaves this machine
os.environ.setdefault("GRADIO_ANALYTICS_MAX_EVENTS", "100")  # a table that nobody reads
os.environ.setdefault("GRADIO_ANALYTICS_CACHE_FREQUENCY", "1000000000")  # and nobody sums up

PORT = 7860


def arguments(argv: list[str] | None = None) -> argparse.Namespace:
    """The command line; GRADIO_SERVER_NAME and GRADIO_SERVER_PORT are the defaults.

    A Space (`SPACE_ID`) shows what listens on all of its addresses.
    """
    parser = argparse.ArgumentParser(prog="app.py", description="VAE Studio in the browser.")
    own = "0.0.0.0" if "SPACE_ID" in os.environ else "127.0.0.1"
    host = os.environ.get("GRADIO_SERVER_NAME", own)
    port = os.environ.get("GRADIO_SERVER_PORT", str(PORT))
    parser.add_argument("--host", default=host, help=f"address to listen on (now {host})")
    parser.add_argument("--port", default=port, help=f"port to listen on (now {port})")
    root = os.environ.get("GRADIO_ROOT_PATH")
    about = "path under which a reverse proxy that strips it shows the app, such as /studio"
    parser.add_argument("--root-path", default=root, metavar="PATH", help=about)
    parser.add_argument("--checkpoints", metavar="DIR", help="folder of checkpoint folders")
    about = "folder that holds MNIST/raw: the panel Use then searches all 60,000 training digits"
    parser.add_argument("--data", metavar="DIR", help=about)
    parser.add_argument("--device", help="cpu, cuda, cuda:N or mps; the best there is by default")
    about = "offer the endpoints as tools for language models (Model Context Protocol)"
    spoken = os.environ.get("GRADIO_MCP_SERVER", "").lower() == "true"
    parser.add_argument("--mcp", action="store_true", default=spoken, help=about)
    parser.add_argument("--open", action="store_true", help="open it in the browser too")
    return parser.parse_args(argv)


def check_port(host: str, port: str) -> int:
    """The port as a number, free to listen on.

    Raises:
        ValueError: not a port number, in use, or the address is not of this machine.
    """
    if not port.isdigit() or not 1 <= int(port) <= 65535:
        raise ValueError(f"--port is {port!r}; it must be a whole number from 1 to 65535.")
    try:
        bare = host.removeprefix("[").removesuffix("]")
        family, kind, *_, address = socket.getaddrinfo(bare, int(port), type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ValueError(
            f"{host}:{port} cannot be listened on ({reason}); choose another one with --port."
        ) from error
    return int(port)


def address(host: str) -> str:
    """The host as an address in the browser has it: IPv6 in brackets."""
    return f"[{host}]" if ":" in host and not host.startswith("[") else host


def build(
    checkpoints: str | None = None, device: str | None = None, data: str | None = None
) -> tuple[Any, dict[str, Any]]:
    """The app as Blocks, and what its `launch()` wants.

    Raises:
        ValueError: a folder is not there or not what it should be, or the device is not.
    """
    if checkpoints is not None and not Path(checkpoints).is_dir():
        raise ValueError(f"--checkpoints is {checkpoints!r}, which is not a folder.")
    if checkpoints is not None:
        os.environ["VAE_CHECKPOINTS"] = checkpoints  # the digitizer asks the same classifier
    from vae_core.app.server.shell import build_app, launch_options
    from vae_core.app.service.studio import Studio

    studio = Studio(checkpoints, device, data=data)
    root = studio.registry.root
    if not studio.registry.cards:
        print(
            f"app.py: there are no checkpoints in {root}; name a folder of them with "
            "--checkpoints or VAE_CHECKPOINTS (a wheel brings none).",
            file=sys.stderr,
        )
    if problem := studio.reader.problem():
        print(
            f"app.py: {problem} Nothing says which digit a picture reads as, and a photo without "
            "a digit may pass for one.",
            file=sys.stderr,
        )
    for name, reason in studio.registry.broken.items():
        print(f"app.py: {name} is left out: {reason}", file=sys.stderr)
    app = build_app(studio)
    return app, launch_options(studio, app)


@contextlib.contextmanager
def without_collection() -> Iterator[None]:
    """Look for no garbage inside, nor ever among what is there at the end.

    What a start makes stays: looking through it again and again takes a fifth of the time.
    """
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()


def launch(given: argparse.Namespace, port: int) -> Any:
    """The app, listening on `port`; errors as of `main`."""
    from vae_core.app.server import environment

    environment.prepare(given.host)
    environment.check_protocol(given.mcp)
    app, options = build(given.checkpoints, given.device, given.data)
    from vae_core.app.server import refusals
    from vae_core.app.server.connections import guard, raise_file_limit

    refusals.log_to_stderr()
    raise_file_limit()
    app.launch(
        server_name=address(given.host),
        root_path=given.root_path,
        server_port=port,
        inbrowser=given.open,
        prevent_thread_lock=True,
        mcp_server=given.mcp,
        **options,
    )
    if given.mcp:
        from vae_core.app.server import calls, mcp_tools

        mcp_tools.serve(app.mcp_server_obj, calls.registry(app)[calls.API])
    guard(app.server)
    return app


def main(argv: list[str] | None = None) -> int:
    """Check, build, serve until interrupted; 2 with one sentence on stderr if it cannot."""
    given = arguments(argv)
    try:
        port = check_port(given.host, given.port)  # before the seconds of imports
        with without_collection():
            app = launch(given, port)
    except (ValueError, OSError) as error:
        print(f"app.py: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    print(f"VAE Studio is at {app.local_url} (stop it with Ctrl+C)", flush=True)
    app.block_thread()
    return 0


if __name__ == "__main__":
    sys.exit(main())
