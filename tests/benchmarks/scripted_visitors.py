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
from dataclasses import dataclass, field
from urllib.parse import urlsplit

RATE = 60
POSITIONS = 256
"""Positions of a drag, over and over."""

TURNS_A_ROW = 12
"""A row of ten digits five times a second."""

MOST, FIRST_GUESS, LONGEST, FORGETTING = 12, 0.1, 0.4, 0.02
PATIENCE = 15.0
"""Seconds after which a page gives a request up."""

UPGRADE = (
    "GET /studio/socket HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


BINARY, PING, PONG = 2, 9, 10


def frame(opcode: int, content: bytes) -> bytes:
    """A message to the server, masked by zeros, which change nothing."""
    size = len(content)
    head = bytes([128 + opcode, 128 + min(size, 126)])
    return head + (struct.pack(">H", size) if size > 125 else b"") + bytes(4) + content


class Frames:
    """The binary messages of the page; see `vae_core.app.server.line`.

    Args:
        model: a checkpoint.
        dims: its latent dimensions.
        rows: whether each page asks for rows of ten digits too.
    """

    def __init__(self, model: str, dims: int, rows: bool = False) -> None:
        self.model, self.dims, self.rows = model, dims, rows
        self._codes = [struct.pack(f"<{dims}f", *position(i, dims)) for i in range(POSITIONS)]
        self._starts = [self._start(place, name) for place, name in enumerate(("decode", "row"))]

    def _start(self, place: int, name: str) -> bytes:
        head = {"name": name, "argument": {"checkpoint": self.model}, "numbers": {"z": self.dims}}
        text = json.dumps(head).encode()
        return struct.pack("<HH", place, len(text)) + text

    def ask(self, number: int, turn: int, place: int = 0) -> bytes:
        """The whole frame of a request; place 1 asks for a row."""
        start, code = self._starts[place], self._codes[turn % POSITIONS]
        return frame(BINARY, struct.pack("<I", number) + start + code)

    def read(self, content: bytes) -> tuple[int, int, bool]:
        """The number and the place of the request that was answered, and whether by digits."""
        number, place, head = struct.unpack_from("<IHH", content)
        return number, place, len(content) == 8 + head + 784 * (10 if place else 1)


def position(turn: int, dims: int) -> list[float]:
    """Where all sliders stand at a turn."""
    angle = 2 * math.pi * turn / POSITIONS
    return [math.sin(angle + i) for i in range(dims)]


@dataclass
class Visitor:
    """One page: its line, what is in flight, and what came back.

    Attributes:
        waits: seconds from the request to its picture, of those that got one.
        overtaken: requests that a newer one overtook.
        sizes: bytes of an answer on the wire.
        rows: of ten digits.
    """

    line: socket.socket
    turn: int
    received: bytearray = field(default_factory=bytearray)
    in_flight: dict[int, float] = field(default_factory=dict)
    asked: int = 0
    shown: int = 0
    shortest: float = FIRST_GUESS
    waits: list[float] = field(default_factory=list)
    overtaken: int = 0
    errors: int = 0
    sizes: set[int] = field(default_factory=set)
    row: int | None = None
    rows: int = 0

    @property
    def room(self) -> int:
        """Requests that may travel at once."""
        return min(MOST, max(2, math.ceil(self.shortest * RATE) + 1))

    def ask(self, language: Frames, now: float) -> None:
        """Send the position of this turn."""
        self.asked += 1
        self.in_flight[self.asked] = now
        self._send(language.ask(self.asked, self.turn))

    def ask_row(self, language: Frames) -> None:
        """Ask for the row of ten digits here, one at a time."""
        if self.row is None:
            self.asked += 1
            self.row = self.asked
            self._send(language.ask(self.asked, self.turn, place=1))

    def _send(self, content: bytes) -> None:
        if self.line.send(content) != len(content):
            raise ConnectionError("the server takes no more.")

    def read(self, language: Frames, now: float) -> None:
        """Take in what came."""
        data = self.line.recv(65536)
        if not data:
            raise ConnectionError("the server closed the line.")
        self.received += data
        while (size := whole(self.received)) is not None:
            start = 4 if self.received[1] == 126 else 2
            kind, content = self.received[0] & 15, bytes(self.received[start:size])
            if kind == BINARY:
                self._take(*language.read(content), now)
                self.sizes.add(size)
            elif kind == PING:
                self._send(frame(PONG, content))
            del self.received[:size]

    def _take(self, number: int, place: int, is_good: bool, now: float) -> None:
        self.errors += not is_good
        if place:
            self.row = None
            self.rows += 1
        else:
            self._answered(number, now)

    def _answered(self, number: int, now: float) -> None:
        wait = now - self.in_flight.pop(number)
        for older in [each for each in self.in_flight if each < number]:
            del self.in_flight[older]
            self.overtaken += 1
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

    def __init__(self, url: str, count: int, language: Frames) -> None:
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
        last = {}
        for visitor in self.visitors:
            visitor.ask(self.language, time.perf_counter())
            last[visitor.line] = visitor.asked
        while any(each.in_flight for each in self.visitors):
            if time.perf_counter() - start > seconds + PATIENCE:
                break
            self._read(0.01)
        for visitor in self.visitors:
            visitor.errors += len(visitor.in_flight) + (visitor.shown != last[visitor.line])

    def forget(self) -> None:
        """Count from here on."""
        for visitor in self.visitors:
            visitor.waits, visitor.overtaken, visitor.errors, visitor.sizes = [], 0, 0, set()

    def close(self) -> None:
        """Leave."""
        for visitor in self.visitors:
            visitor.line.close()
        self._selector.close()

    def _move(self, visitor: Visitor, now: float) -> None:
        visitor.turn += 1
        if len(visitor.in_flight) < visitor.room:
            visitor.ask(self.language, now)
        if self.language.rows and visitor.turn % TURNS_A_ROW == 0:
            visitor.ask_row(self.language)

    def _read(self, patience: float) -> None:
        for key, _ in self._selector.select(max(0.0, patience)):
            key.data.read(self.language, time.perf_counter())
