"""The binary messages: what they hold comes through, what no page sends is refused."""

from __future__ import annotations

import json
import struct

import numpy as np
import pytest

from vae_core.app.server import first_look, line
from vae_core.app.wire import unpack


def message(head: object, numbers: bytes = b"", number: int = 7, place: int = 2) -> bytes:
    text = head if isinstance(head, bytes) else json.dumps(head).encode()
    return struct.pack("<IHH", number, place, len(text)) + text + numbers


HEAD = {"name": "decode", "argument": {"checkpoint": "vae-400"}, "numbers": {"a": 2, "b": 1}}


def test_codes_arrive_beside_the_rest() -> None:
    for _ in range(2):  # read, and read again from what was kept
        request = line.read(message(HEAD, np.array([1, 2.5, -3], np.float32).tobytes()))
        assert (request.number, request.place, request.name) == (7, 2, "decode")
        assert isinstance(request.argument, dict)
        given = {key: np.asarray(value).tolist() for key, value in request.argument.items()}
        assert given == {"checkpoint": "vae-400", "a": [1, 2.5], "b": [-3]}
    bare = line.read(message({"name": "row", "argument": 3}))
    assert (bare.name, bare.argument) == ("row", 3)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0\1",
        message(b""),
        message(b"{"),
        message(b"\xff\xfe"),
        message([1, 2]),
        message({"name": "decode"}),
        message(b"[" * 50_000),
        message(HEAD),
        message(HEAD, bytes(11)),
        message(HEAD, bytes(16)),
        message({**HEAD, "numbers": {"a": -1, "b": 4}}, bytes(12)),
        message({**HEAD, "numbers": {"a": 1.5, "b": 1.5}}, bytes(12)),
        message({**HEAD, "numbers": {"a": "3"}}, bytes(12)),
        message({**HEAD, "numbers": [3]}, bytes(12)),
        message({**HEAD, "numbers": 3}, bytes(12)),
        message({**HEAD, "argument": 3}, bytes(12)),
        message({"name": "decode", "argument": {}}, bytes(4)),
        message(HEAD, bytes(12), place=line.PLACES),
        struct.pack("<IHH", 1, 0, 60_000) + b"{}",
    ],
)
def test_what_no_page_sends_is_refused(data: bytes) -> None:
    with pytest.raises(line.MessageError):
        line.read(data)


def test_an_answer_holds_its_pictures_as_bytes() -> None:
    request = line.Request(9, 3, "decode", {})
    grey = np.arange(784, dtype=np.uint8).reshape(1, 28, 28)
    made = line.answer(request, {"pixels": grey, "milliseconds": 0.25})
    number, place, size = struct.unpack_from("<IHH", made)
    assert (number, place) == (9, 3)
    assert json.loads(made[8 : 8 + size]) == {"milliseconds": 0.25}
    assert made[8 + size :] == grey.tobytes()
    assert len(made) <= 850 - 4, "with the socket's own head of four bytes"
    refused = line.answer(request, {"error": "No."})
    assert json.loads(refused[8:]) == {"error": "No."}


def test_other_arrays_of_an_answer_stay_text() -> None:
    grey = np.full((2, 28, 28), 5, np.uint8)
    made = line.answer(line.Request(1, 0, "x", {}), {"input": grey, "z": [1.0]})
    answer = json.loads(made[8:])
    assert answer["z"] == [1.0]
    assert (unpack(answer["input"]) == grey).all()


def test_the_page_asks_for_its_first_digit_before_its_scripts_come() -> None:
    first = {"checkpoint": "one", "label": 3, "z": [0.5, -1.25], "pixels": "", "place": 3}
    request = line.read(first_look.request(first))
    assert isinstance(request.argument, dict)
    given = {key: np.asarray(value).tolist() for key, value in request.argument.items()}
    assert given == {"checkpoint": "one", "label": 3, "z": [0.5, -1.25]}
    assert (request.name, request.place) == ("decode", line.PLACES - 1)
