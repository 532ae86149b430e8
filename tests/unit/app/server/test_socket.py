"""The socket of the live functions: what it answers, what it refuses."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
import small_models
import torch
from starlette.applications import Starlette
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from vae_core.app.server import socket_page, sockets
from vae_core.app.server.calls import Call
from vae_core.app.service.batches import Decoding
from vae_core.app.service.studio import Studio
from vae_core.pictures import to_uint8


def double(x: Any) -> dict[str, Any]:
    if x is None:
        raise ValueError("x is missing.")
    return {"twice": 2 * x}


MODEL = small_models.flow_model()


def planned(x: Any) -> Decoding:
    if x is None:
        raise ValueError("x is missing.")
    return Decoding(MODEL, torch.full((1, MODEL.latent_dim), float(x[0])), rest={"z": [x.tolist()]})


def binary(number: int, name: str, x: list[float], place: int = 0) -> bytes:
    head = json.dumps({"name": name, "argument": {}, "numbers": {"x": len(x)}}).encode()
    start = struct.pack("<IHH", number, place, len(head))
    return start + head + struct.pack(f"<{len(x)}f", *x)


def read(data: bytes) -> tuple[int, dict[str, Any], bytes]:
    number, _, size = struct.unpack_from("<IHH", data)
    return number, json.loads(data[8 : 8 + size]), data[8 + size :]


@pytest.fixture
def endpoint(tmp_path: Path) -> sockets.LiveSocket:
    studio = Studio(tmp_path, "cpu")
    calls = [
        Call(double, live=lambda _: True),
        Call(double, "late", live=lambda _: False),
        Call(double, "decode", live=lambda _: True, plan=lambda x: planned(x)),
    ]
    return sockets.LiveSocket({call.name: call for call in calls}, studio.batches)


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
        with pytest.raises(WebSocketDisconnect) as result:
            socket.receive_text()
    assert result.value.code == sockets.TOO_LONG


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


def test_a_decode_is_answered_in_bytes(client: TestClient):
    with client.websocket_connect(sockets.PATH) as socket:
        socket.send_bytes(binary(5, "decode", [0.5]))
        number, answer, pixels = read(socket.receive_bytes())
    assert (number, answer["z"]) == (5, [[0.5]])
    assert answer["milliseconds"] > 0
    with torch.inference_mode():
        u = MODEL.from_sliders(torch.full((1, MODEL.latent_dim), 0.5))
        assert pixels == to_uint8(MODEL.decode(u).mean).tobytes()


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (binary(3, "films", [1.0]), "no live function"),
        (b"\3\0\0\0\0\0\x20\0" + b'{"name":"decode","argument":{}}'.ljust(32), "x is missing"),
        (b"\3\0\0\0\0\0\x20\0" + b'{"name":"decode","argument":[]}'.ljust(32), "must be an object"),
        (
            b"\3\0\0\0\0\0\x28\0" + b'{"name":"double","argument":{"x":{}}}'.ljust(40),
            "could not do that",
        ),
    ],
)
def test_a_mistake_in_bytes_is_told_in_words(client: TestClient, message: bytes, words: str):
    with client.websocket_connect(sockets.PATH) as socket:
        socket.send_bytes(message)
        number, answer, _ = read(socket.receive_bytes())
    assert number == 3
    assert words in answer["error"]


def test_a_page_is_read_no_faster_than_a_hand_moves(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
):
    slept, sleep = list[float](), asyncio.sleep

    async def note(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    monkeypatch.setattr(asyncio, "sleep", note)
    monkeypatch.setattr(socket_page, "monotonic", lambda: 1000.0)
    with client.websocket_connect(sockets.PATH) as socket:
        for number in range(socket_page.BURST + 12):
            socket.send_bytes(binary(number, "films", []))
            socket.receive_bytes()
    assert sum(slept[:12]) == pytest.approx(sum(range(1, 13)) / socket_page.RATE, rel=0.2)


class Gate:
    """Stands before the decoder until it is opened."""

    def __init__(self, endpoint: sockets.LiveSocket) -> None:
        self.begun, self.open = Event(), Event()
        self._decode, endpoint.batches.decode = endpoint.batches.decode, self

    def __call__(self, plan: Decoding) -> Any:
        self.begun.set()
        assert self.open.wait(20)
        return self._decode(plan)


def test_the_newest_request_of_a_place_ends_the_older_ones(
    client: TestClient, endpoint: sockets.LiveSocket
):
    gate = Gate(endpoint)
    with client.websocket_connect(sockets.PATH) as socket:
        socket.send_bytes(binary(1, "decode", [0.1]))
        assert gate.begun.wait(20)
        for number in range(2, 7):
            socket.send_bytes(binary(number, "decode", [number / 10]))
        socket.send_bytes(binary(12, "decode", [1.2], place=1))
        socket.send_bytes(binary(13, "films", [], place=2))
        assert read(socket.receive_bytes())[0] == 13  # so that all of them have been read
        gate.open.set()
        answered = [read(socket.receive_bytes()) for _ in range(3)]
    assert [number for number, _, _ in answered] == [1, 6, 12]
    assert answered[1][1]["z"][0] == [pytest.approx(0.6)]


def test_what_takes_long_stands_in_nobody_s_way(client: TestClient, endpoint: sockets.LiveSocket):
    begun, done = Event(), Event()

    def slow(x: Any) -> dict[str, Any]:
        begun.set()
        assert done.wait(20)
        return {"twice": [2 * float(x[0])]}

    endpoint.functions = {**endpoint.functions, "late": Call(slow, "late", live=lambda _: False)}
    with client.websocket_connect(sockets.PATH) as socket:
        socket.send_bytes(binary(1, "late", [1.0]))
        assert begun.wait(20)
        for number in (2, 3, 4):
            socket.send_bytes(binary(number, "late", [float(number)]))
        socket.send_bytes(binary(5, "decode", [0.5], place=1))
        assert read(socket.receive_bytes())[0] == 5
        done.set()
        late = [read(socket.receive_bytes())[:2] for _ in range(2)]
    assert late == [(1, {"twice": [2.0]}), (4, {"twice": [8.0]})]


def test_a_page_that_asks_without_end_is_read_no_further(
    client: TestClient, endpoint: sockets.LiveSocket, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(socket_page, "MOST_OPEN", 4)
    gate, taken = Gate(endpoint), []
    take = endpoint._take
    monkeypatch.setattr(endpoint, "_take", lambda *given: (taken.append(1), take(*given)))
    with client.websocket_connect(sockets.PATH) as socket:
        for number in range(50):
            socket.send_bytes(binary(number, "decode", [0.1]))
        assert gate.begun.wait(20)
        with client.websocket_connect(sockets.PATH) as other:  # time for it to read on
            other.send_bytes(binary(1, "films", []))
            other.receive_bytes()
        assert len(taken) == 4 + 1
        gate.open.set()
        while read(socket.receive_bytes())[0] < 49:
            pass
    assert len(taken) == 51
