"""The binary messages of the socket: a small head, then bytes as they are.

Both ways: the number of the request, its place and the length of the head (little-endian uint32,
uint16, uint16), the head as JSON, and the rest. A request's head is `{name, argument, numbers}`;
its rest are the arguments that `numbers` counts by name, in single precision. An answer's head is
the reply without its pictures, whose grey bytes are the rest.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

import numpy as np

from vae_core.app import wire
from vae_core.files import Json, JsonObject

START = struct.Struct("<IHH")
LONGEST_HEAD = 2**16 - 1
PARTS = 64
"""Lists and objects in a message; an honest one holds four."""

PLACES = 16
"""Of a page: one for each picture that follows a hand."""

KEPT, KEPT_LENGTH = 256, 512
"""Heads that are read but once, and their bytes: during a drag they are all the same."""


class MessageError(ValueError):
    """A message that no page sends."""


@dataclass(frozen=True)
class Request:
    """What a message asks for.

    Attributes:
        number: the page's, which finds the answer by it.
        place: of the page; a newer request there makes an older one idle.
        name: of a live call.
        argument: its named values.
    """

    number: int
    place: int
    name: object
    argument: object


def read(message: bytes) -> Request:
    """A request as it came over the socket.

    Raises:
        MessageError: it is none.
    """
    try:
        number, place, length = START.unpack_from(message)
        if place >= PLACES:
            raise MessageError("nobody has so many hands")
        start = START.size + length
        head = message[START.size : start]
        name, argument, counts = (_kept_head if length <= KEPT_LENGTH else _head)(head)
        if counts:
            given = cast(JsonObject, argument)
            argument = {**given, **_numbers(message, start, counts)}
        elif len(message) != start:
            raise MessageError("more bytes than were counted")
    except (ValueError, TypeError, KeyError, RecursionError, struct.error) as error:
        raise MessageError("no request") from error
    return Request(number, place, name, argument)


def _head(text: bytes) -> tuple[object, Json, dict[str, int]]:
    asked = parsed(text)
    if not isinstance(asked, dict):
        raise MessageError("no object")
    argument, counts = asked["argument"], asked.get("numbers") or {}
    if not isinstance(counts, dict) or (counts and not isinstance(argument, dict)):
        raise MessageError("counted numbers of nothing")
    if any(type(each) is not int or each < 0 for each in counts.values()):
        raise MessageError("no counts")
    return asked["name"], argument, cast(dict[str, int], counts)


_kept_head = lru_cache(KEPT)(_head)


def parsed(text: bytes | str) -> Json:
    """What a message holds as JSON.

    Raises:
        ValueError, RecursionError: it is none, or has more parts than an honest one.
    """
    opening = ("[", "{") if isinstance(text, str) else (b"[", b"{")
    if sum(text.count(each) for each in opening) > PARTS:  # type: ignore[arg-type]
        raise ValueError("nobody's code is that deep")
    return json.loads(text)


def _numbers(message: bytes, start: int, counts: dict[str, int]) -> dict[str, Any]:
    values = np.frombuffer(message, "<f4", offset=start)
    if sum(counts.values()) != len(values):
        raise MessageError("other numbers than were counted")
    found, begin = {}, 0
    for name, count in counts.items():
        found[name] = values[begin : begin + count]
        begin += count
    return found


def answer(request: Request, reply: object) -> bytes:
    """The message that answers a request with a reply, an object of named values."""
    reply = cast(Mapping[str, object], reply)
    pixels = reply.get("pixels")
    if not isinstance(pixels, np.ndarray):
        return frame(request, head(reply))
    rest = {key: value for key, value in reply.items() if key != "pixels"}
    return frame(request, head(rest), pixels.tobytes())


def head(reply: Mapping[str, object]) -> bytes:
    """What of a reply travels as JSON."""
    return json.dumps(wire.to_json(reply), separators=(",", ":")).encode()


def frame(request: Request, head: bytes, pixels: bytes = b"") -> bytes:
    """A message from its parts."""
    return START.pack(request.number, request.place, len(head)) + head + pixels
