"""The page where a Space shows it: below a path of a proxy, in a frame of another host."""

from __future__ import annotations

import contextlib
import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import driving
import pytest

pytestmark = pytest.mark.browser

ROOT = "/team/vae"


@contextlib.contextmanager
def proxy() -> Iterator[tuple[int, dict[str, str]]]:
    """A proxy's port; it answers `/frame` itself and asks `target["url"]` for all below ROOT."""
    target: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/frame":
                own = self.headers["Host"].replace("localhost", "127.0.0.1")
                page = f'<iframe src="http://{own}{ROOT}/"></iframe>'.encode()
                return self.give(200, [("Content-Type", "text/html")], page)
            self.ask(None)

        def do_POST(self) -> None:
            self.ask(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def ask(self, body: bytes | None) -> None:
            headers = {key: value for key, value in self.headers.items() if key != "Connection"}
            left_out = ("transfer-encoding", "connection", "content-length")
            host = urlsplit(target["url"]).netloc
            with contextlib.closing(http.client.HTTPConnection(host, timeout=60)) as server:
                server.request(self.command, self.path.removeprefix(ROOT) or "/", body, headers)
                with server.getresponse() as answer:
                    content = answer.read()
            kept = [pair for pair in answer.getheaders() if pair[0].lower() not in left_out]
            self.give(answer.status, kept, content)

        def give(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
            self.send_response(status)
            for name, value in [*headers, ("Content-Length", str(len(body)))]:
                self.send_header(name, value)
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_port, target
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.long
def test_below_a_path_and_in_a_frame_all_panels_come(
    chromium: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Scripts and pictures are asked for relative to the page, wherever it is."""
    with proxy() as (port, target):
        monkeypatch.setenv("VAE_FRAMES", f"http://localhost:{port}")
        with driving.server(None, "--root-path", ROOT) as target["url"]:
            context = chromium.new_context(viewport=driving.DESKTOP)
            page = context.new_page()
            failed: list[str] = []
            page.on("response", lambda got: got.status >= 400 and failed.append(got.url))
            page.goto(f"http://localhost:{port}/frame")
            [frame] = page.frames[1:]
            frame.locator("[data-testid=live-canvas][data-frame]:not([data-frame='0'])").wait_for()
            for name in ("sample", "interpolate", "reconstruct", "compare"):
                frame.get_by_role("tab", name=name.capitalize()).click()
                frame.get_by_test_id(f"panel-{name}").wait_for()
            frame.locator(".compare .picture-examples canvas").first.wait_for()
            context.close()
    assert [url for url in failed if "/studio/" in url] == []
