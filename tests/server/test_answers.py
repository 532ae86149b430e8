"""A real server's answers to what nobody should send: a plain sentence, and nothing in the log."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import torch
from serving import Served
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from vae_core.app.wire import unpack
from vae_core.pictures import to_uint8


@pytest.fixture
def client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=30) as client:
        yield client


API = "gradio_api/"
CALL: dict[str, Any] = {"component_id": 1, "fn_name": "decode", "data": {}, "session_hash": "s"}


def test_draws_travel_as_bytes(client: httpx.Client) -> None:
    drawn = client.post("studio/bulk/sample", json={"data": {"checkpoint": "tiny", "n": 256}})
    assert drawn.headers["content-type"] == "application/octet-stream"
    assert drawn.headers["content-encoding"] in ("br", "gzip")
    assert len(drawn.content) > 256 * 784
    refused = client.post("studio/bulk/sample", json={"data": {"checkpoint": "tiny", "n": 257}})
    assert b"n must be" in refused.content


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("call/nothing", {"data": []}, 404),
        ("run/nothing", {"data": []}, 404),
        ("queue/join", {"data": [], "fn_index": 999, "session_hash": "s"}, 404),
        ("queue/join", {"data": [], "session_hash": "s"}, 404),
        ("component_server/", {**CALL, "component_id": 99_999}, 404),
        ("component_server/", {**CALL, "component_id": None}, 404),
        ("component_server/", {**CALL, "fn_name": "postprocess"}, 404),
        ("component_server/", {**CALL, "session_hash": "s" * 1000}, 400),
        ("process_recording", {}, 404),
        ("../studio/bulk/nothing", {"data": {}}, 404),
        ("../studio/bulk/decode", {"data": {}}, 404),
        ("../studio/bulk/sample", {"data": {"checkpoint": "a" * 70_000}}, 413),
        ("call/decode", {"data": ["tiny", "a" * 70_000]}, 413),
        ("call/decode", {"data": ["tiny", [0] * 100_000]}, 413),
        ("call/decode", [], 422),
    ],
)
def test_unknown_and_too_large_are_a_sentence(
    client: httpx.Client, path: str, body: Any, status: int
) -> None:
    answer = client.post(API + path, json=body)
    assert answer.status_code == status
    assert answer.json()["error"].rstrip().endswith(".")


def test_other_mistakes_of_a_request_are_a_sentence(client: httpx.Client) -> None:
    for answer, status in (
        (client.get(API + "call/decode/nobody"), 404),
        (client.post(API + "call/decode", content=b"{", headers={"content-type": "a/b"}), 415),
        (client.post(API + "component_server/", files={"a": b"b"}), 415),
        (client.post(API + "upload", json={}), 400),
        (client.post(API + "upload", files={"files": ("a", bytes(70 * 2**20))}), 413),
    ):
        assert answer.status_code == status, answer.text
        assert answer.json()["error"].endswith(".")


@pytest.mark.parametrize(
    "picture",
    [
        {"path": "/etc/passwd", "meta": {"_type": "gradio.FileData"}},
        {"path": "http://127.0.0.1:1/a.png", "meta": {"_type": "gradio.FileData"}},
        {"path": "a\0b"},
        {"url": "http://127.0.0.1:1/a.png", "meta": {"_type": "gradio.FileData"}},
    ],
)
def test_a_file_that_was_not_sent_is_a_sentence(client: httpx.Client, picture: dict) -> None:
    body = {"data": ["tiny", picture]}
    answer = client.post(API + "run/encode", json=body)
    assert "picture" in answer.json()["error"].lower()
    event = client.post(API + "call/encode", json=body).json()["event_id"]
    assert "picture" in client.get(f"{API}call/encode/{event}").text.lower()


def test_a_body_that_does_not_come_is_answered(url: str) -> None:
    host, port = httpx.URL(url).host, httpx.URL(url).port
    assert port is not None
    with socket.create_connection((host, port), timeout=20) as line:
        head = f"POST /gradio_api/call/decode HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99\r\n"
        line.sendall(head.encode() + b"Content-Type: application/json\r\n\r\n{")
        answer = b"".join(iter(lambda: line.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 408")
    assert json.loads(answer.split(b"\r\n\r\n")[1])["error"] == "The request came too slowly."


def test_a_binary_message_ends_the_socket(url: str) -> None:
    with connect(url.replace("http", "ws") + "studio/socket") as line:
        line.send(b"\0\1")
        with pytest.raises(ConnectionClosed) as result:
            line.recv(timeout=20)
    assert result.value.rcvd is not None
    assert result.value.rcvd.code == 1003


def test_the_socket_answers_in_bytes_and_compresses_nothing(served: Served, url: str) -> None:
    head = b'{"name":"decode","argument":{"checkpoint":"tiny"},"numbers":{"z":3}}'
    code = torch.tensor([[0.5, -1.0, 2.0]])
    with connect(url.replace("http", "ws") + "studio/socket") as line:  # which offers deflate
        assert line.protocol.extensions == []
        line.send(struct.pack("<IHH", 70_000, 3, len(head)) + head + code.numpy().tobytes())
        answer = line.recv(timeout=20)
        line.send(
            '{"id": 1, "name": "decode", "argument": {"checkpoint": "tiny", "z": [0.5, -1, 2]}}'
        )
        text = json.loads(line.recv(timeout=20))
    assert isinstance(answer, bytes)
    number, place, length = struct.unpack_from("<IHH", answer)
    assert (number, place, list(json.loads(answer[8 : 8 + length]))) == (
        70_000,
        3,
        ["milliseconds"],
    )
    with torch.inference_mode():
        pixels = to_uint8(served.model.decode(code).mean)
    assert answer[8 + length :] == pixels.tobytes() == unpack(text["pixels"]).tobytes()
    assert 4 + len(answer) <= 850


@pytest.mark.parametrize("origin", ["http://[", "http://a:b:c", "null", ""])
def test_a_malformed_origin_opens_no_socket(url: str, origin: str) -> None:
    with pytest.raises(InvalidStatus) as result:
        connect(url.replace("http", "ws") + "studio/socket", additional_headers={"Origin": origin})
    assert result.value.response.status_code == 403


def test_answers_carry_the_security_headers(client: httpx.Client) -> None:
    for path in ("", API + "app_id", "nothing"):
        assert client.get(path).headers["x-content-type-options"] == "nosniff"
