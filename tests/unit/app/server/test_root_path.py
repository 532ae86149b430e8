"""Our own files and sockets below whatever root path, stripped by the proxy or not."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket

from vae_core.app.server import scripts, sockets
from vae_core.app.server.root_path import RootPath


async def hello(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


async def page(_: object) -> None:
    raise AssertionError("no file was found")


@pytest.mark.parametrize("root", ["", "/studio", "/team/vae", "/studio/"])
@pytest.mark.parametrize("stripped", [True, False])
def test_files_and_sockets_are_found(root: str, stripped: bool) -> None:
    routes = [Route("/studio/other", page), WebSocketRoute(sockets.PATH, hello)]
    middleware = [Middleware(RootPath), Middleware(scripts.Files)]
    before = "" if stripped else root.rstrip("/")
    app = Starlette(routes=routes, middleware=middleware)
    client = TestClient(app, root_path=root.rstrip("/"))
    answer = client.get(f"{before}/{scripts.address('page.js')}")
    assert answer.status_code == 200
    assert answer.text.startswith("export const modules")
    with client.websocket_connect(f"{before}{sockets.PATH}") as socket:
        assert socket.receive_text() == "hello"
