"""The socket of the live functions: what it answers, what it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from vae_core.app.server import sockets
from vae_core.app.server.calls import Call, page_function


def double(x: Any) -> dict[str, Any]:
    if x is None:
        raise ValueError("x is missing.")
    return {"twice": 2 * x}


@pytest.fixture
def endpoint() -> sockets.LiveSocket:
    call: Any = page_function(Call(double, live=lambda _: True))
    return sockets.LiveSocket({"double": call})


@pytest.fixture
def client(endpoint: sockets.LiveSocket) -> Iterator[TestClient]:
    with TestClient(Starlette(routes=[WebSocketRoute(sockets.PATH, endpoint)])) as client:
        yield client


def test_each_message_is_answered_under_its_id(client: TestClient, endpoint: sockets.LiveSocket):
    with client.websocket_connect(sockets.PATH) as socket:
        for turn in (1, 2):
            socket.send_text(json.dumps({"id": turn, "name": "double", "argument": {"x": turn}}))
            assert socket.receive_json() == {"id": turn, "twice": 2 * turn}
        assert endpoint.open == 1
        socket.close()
    assert endpoint.open == 0


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("", "must hold"),
        ("[1, 2]", "must hold"),
        ('{"id": 1}', "must hold"),
        ("[" * 50_000, "must hold"),
        ('{"id": 1, "name": "films", "argument": {}}', "no live function"),
        ('{"id": 1, "name": ["double"], "argument": {}}', "no live function"),
        ('{"id": 1, "name": "double", "argument": 3}', "must be an object"),
        ('{"id": 1, "name": "double", "argument": {}}', "x is missing"),
        ('{"id": 1, "name": "double", "argument": {"x": {}}}', "could not do that"),
    ],
)
def test_a_mistake_is_told_in_words(client: TestClient, message: str, words: str):
    with client.websocket_connect(sockets.PATH) as socket:
        socket.send_text(message)
        assert words in socket.receive_json()["error"]


def test_a_message_too_long_ends_the_socket(client: TestClient):
    with client.websocket_connect(sockets.PATH) as socket:
        socket.send_text(" " * (sockets.MESSAGE_LIMIT + 1))
        with pytest.raises(WebSocketDisconnect) as told:
            socket.receive_text()
    assert told.value.code == sockets.TOO_LONG


@pytest.mark.parametrize(
    ("origin", "enters"),
    [
        ("http://testserver", True),
        ("https://elsewhere.example", False),
        ("http://testserver.example", False),
        ("null", False),
    ],
)
def test_pages_of_other_hosts_are_refused(client: TestClient, origin: str, enters: bool):
    if enters:
        with client.websocket_connect(sockets.PATH, headers={"origin": origin}):
            return
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect(sockets.PATH, headers={"origin": origin}),
    ):
        pass


def test_no_more_sockets_than_the_server_bears(
    client: TestClient, endpoint: sockets.LiveSocket, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sockets, "SOCKETS", 1)
    with client.websocket_connect(sockets.PATH):
        with pytest.raises(WebSocketDisconnect), client.websocket_connect(sockets.PATH):
            pass
        assert endpoint.open == 1
