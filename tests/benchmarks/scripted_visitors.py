"""Visitors who drag, as cheap as they go: one thread, plain sockets, messages made beforehand.

Each does what a page does (`web/core/live.js`): sixty positions a second, several requests in
flight as the round trip needs, the newest position wins, the last one always gets its picture.
"""

from __future__ import annotations

import json
import math
import selectors
import socket
import struct
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from urllib.parse import urlsplit

RATE = 60
POSITIONS = 256
"""Positions of a drag, over and over."""

MOST, FIRST_GUESS, LONGEST, FORGETTING = 12, 0.1, 0.4, 0.02
PATIENCE = 15.0
"""Seconds after which a page gives a request up."""

UPGRADE = (
    "GET /studio/socket HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
PICTURE, ERROR = range(2)


def frame(opcode: int, content: bytes) -> bytes:
    """A message to the server, masked by zeros, which change nothing."""
    size = len(content)
    head = bytes([128 + opcode, 128 + min(size, 126)])
    return head + (struct.pack(">H", size) if size > 125 else b"") + bytes(4) + content


class Language(ABC):
    """How a position is asked for, and what an answer says."""

    @abstractmethod
    def ask(self, number: int, position: int) -> bytes:
        """The whole frame of a request."""

    @abstractmethod
    def read(self, content: bytes) -> tuple[int, int]:
        """The number of the request that was answered, and PICTURE or ERROR."""


class Texts(Language):
    """JSON both ways.

    Args:
        model: a checkpoint.
        dims: its latent dimensions.
    """

    def __init__(self, model: str, dims: int) -> None:
        asked = ({"checkpoint": model, "z": position(turn, dims)} for turn in range(POSITIONS))
        self._ends = [f', "name": "decode", "argument": {json.dumps(each)}}}' for each in asked]

    def ask(self, number: int, position: int) -> bytes:
        return frame(1, f'{{"id": {number}{self._ends[position]}'.encode())

    def read(self, content: bytes) -> tuple[int, int]:
        number = int(content[7 : content.index(b",")])
        return number, PICTURE if b'"pixels"' in content else ERROR


def position(turn: int, dims: int) -> list[float]:
    """Where all sliders stand at a turn."""
    angle = 2 * math.pi * turn / POSITIONS
    return [math.sin(angle + i) for i in range(dims)]


@dataclass
class Visitor:
    """One page: its line, what is in flight, and what came back.

    Attributes:
        waits: seconds from the request to its picture, of those that got one.
        superseded: requests that a newer one overtook.
        sizes: bytes of an answer on the wire, by size.
    """

    line: socket.socket
    turn: int
    received: bytearray = field(default_factory=bytearray)
    in_flight: dict[int, float] = field(default_factory=dict)
    asked: int = 0
    shown: int = 0
    shortest: float = FIRST_GUESS
    waits: list[float] = field(default_factory=list)
    superseded: int = 0
    errors: int = 0
    sizes: dict[int, int] = field(default_factory=dict)

    @property
    def room(self) -> int:
        """Requests that may travel at once."""
        return min(MOST, max(2, math.ceil(self.shortest * RATE) + 1))

    def ask(self, language: Language, now: float) -> None:
        """Send the position of this turn."""
        self.asked += 1
        self.in_flight[self.asked] = now
        content = language.ask(self.asked, self.turn % POSITIONS)
        if self.line.send(content) != len(content):
            raise ConnectionError("the server takes no more.")

    def read(self, language: Language, now: float) -> None:
        """Take in what came."""
        data = self.line.recv(65536)
        if not data:
            raise ConnectionError("the server closed the line.")
        self.received += data
        while (size := whole(self.received)) is not None:
            start = 4 if self.received[1] == 126 else 2
            if self.received[0] & 15 <= 2:
                self._answered(*language.read(bytes(self.received[start:size])), now)
                self.sizes[size] = self.sizes.get(size, 0) + 1
            del self.received[:size]

    def _answered(self, number: int, kind: int, now: float) -> None:
        wait = now - self.in_flight.pop(number)
        for older in [each for each in self.in_flight if each < number]:
            del self.in_flight[older]
            self.superseded += 1
        if kind == ERROR or wait > PATIENCE:
            self.errors += 1
        else:
            self.waits.append(wait)
            self.shown = max(self.shown, number)
            drift = (min(wait, LONGEST) - self.shortest) * FORGETTING
            self.shortest = wait if wait < self.shortest else self.shortest + drift


def whole(received: bytearray) -> int | None:
    """The length of the first frame, None where it is not all there."""
    if len(received) < 4:
        return None
    size = received[1] & 127
    size = 4 + int.from_bytes(received[2:4], "big") if size == 126 else 2 + size
    return size if len(received) >= size else None


def connect(url: str, turn: int) -> Visitor:
    """A visitor with an open line."""
    there = urlsplit(url)
    line = socket.create_connection((there.hostname, there.port), timeout=30)
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    line.sendall(UPGRADE.format(host=there.netloc).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += line.recv(1)
    assert answer.startswith(b"HTTP/1.1 101"), answer
    line.setblocking(False)
    return Visitor(line, turn)


class Crowd:
    """Visitors who drag at once.

    Args:
        url: of the app.
        count: of visitors.
        language: that they speak.
    """

    def __init__(self, url: str, count: int, language: Language) -> None:
        self.language = language
        self.visitors = [connect(url, 37 * i) for i in range(count)]
        self._selector = selectors.DefaultSelector()
        for visitor in self.visitors:
            self._selector.register(visitor.line, selectors.EVENT_READ, visitor)

    def drag(self, seconds: float) -> None:
        """All drag, each at moments of its own; then each rests until its last picture is there."""
        start, ticks = time.perf_counter(), 0
        pace = RATE * len(self.visitors)
        while (now := time.perf_counter()) - start < seconds:
            for tick in range(ticks, int((now - start) * pace)):
                self._move(self.visitors[tick % len(self.visitors)], now)
            ticks = int((now - start) * pace)
            self._read(start + (ticks + 1) / pace - time.perf_counter())
        for visitor in self.visitors:
            visitor.ask(self.language, time.perf_counter())
        while any(each.in_flight for each in self.visitors):
            if time.perf_counter() - start > seconds + PATIENCE:
                break
            self._read(0.01)
        for visitor in self.visitors:
            visitor.errors += len(visitor.in_flight) + (visitor.shown != visitor.asked)

    def forget(self) -> None:
        """Count from here on."""
        for visitor in self.visitors:
            visitor.waits, visitor.superseded, visitor.errors, visitor.sizes = [], 0, 0, {}

    def close(self) -> None:
        """Leave."""
        for visitor in self.visitors:
            visitor.line.close()
        self._selector.close()

    def _move(self, visitor: Visitor, now: float) -> None:
        visitor.turn += 1
        if len(visitor.in_flight) < visitor.room:
            visitor.ask(self.language, now)

    def _read(self, patience: float) -> None:
        for key, _ in self._selector.select(max(0.0, patience)):
            key.data.read(self.language, time.perf_counter())


class Frames(Language):
    """The binary messages of the page; see `vae_core.app.server.line`."""

    def __init__(self, model: str, dims: int) -> None:
        head = {"name": "decode", "argument": {"checkpoint": model}, "numbers": {"z": dims}}
        text = json.dumps(head).encode()
        self._start = struct.pack("<HH", 0, len(text)) + text
        self._codes = [struct.pack(f"<{dims}f", *position(turn, dims)) for turn in range(POSITIONS)]

    def ask(self, number: int, position: int) -> bytes:
        return frame(2, struct.pack("<I", number) + self._start + self._codes[position])

    def read(self, content: bytes) -> tuple[int, int]:
        number, _, head = struct.unpack_from("<IHH", content)
        return number, PICTURE if len(content) == 8 + head + 784 else ERROR
